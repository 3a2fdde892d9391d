#!/bin/sh
# Is the issuer that a provider announces the address that it was asked at? Applications insist on it, to the letter.
set -eu
asked=${1:?usage: check-issuer.sh https://auth.example.com}
announced=$(curl --fail --silent --show-error "$asked/.well-known/openid-configuration" | jq --raw-output .issuer)
if [ "$announced" = "$asked" ]; then
  echo "The issuer is $announced."
else
  echo "Asked at $asked, but the issuer is $announced." >&2
  exit 1
fi
