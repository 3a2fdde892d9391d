//! Blocks of code as guides have them: configuration that somebody copies, with values of their own in every guide.

use super::chance::Chance;
use super::prose;
use super::{DOMAIN, PORTAL};
use std::fmt::Write as _;

/// A block in one of the languages that guides use, as often as they use it: its info string and its text.
pub fn any(chance: &mut Chance, name: &str) -> (&'static str, String) {
    match chance.below(20) {
        0..=8 => ("yaml", settings(chance)),
        9..=11 => ("bash", bash(chance, name)),
        12 | 13 => ("nginx {title=\"site.conf\"}", nginx(chance, name)),
        14 | 15 => ("json", json(chance)),
        16 => ("env", env(chance, name)),
        17 => ("python", python(chance, name)),
        18 => ("ini", ini(chance, name)),
        _ => ("text", format!("{}\n{}\n", prose::sentence(chance), prose::sentence(chance))),
    }
}

/// Settings that every second product has.
const USUAL: &[&str] = &[
    "enabled: true",
    "enabled: false",
    "restart: 'unless-stopped'",
    "level: 'info'",
    "level: 'debug'",
    "timeout: '5 seconds'",
    "address: 'tcp://:9091/'",
    "host: 'localhost'",
    "port: 5432",
    "port: 443",
    "username: 'admin'",
    "password: 'insecure_secret'",
    "networks: ['proxy']",
    "image: 'nginx:latest'",
    "TZ: 'Europe/London'",
    "secure: true",
    "path: '/config'",
    "tls: {}",
    "## Keep this as it is.",
    "scheme: 'https'",
];

/// How the portal is told of a client.
pub fn client(chance: &mut Chance, name: &str) -> String {
    let (first, second) = (prose::digest(chance, 22), prose::digest(chance, 86));
    let (callback, lifespan) = (prose::invented(chance), prose::key(chance));
    let policy = chance.one(&["one_factor", "two_factor"]);
    let method = chance.one(&["client_secret_basic", "client_secret_post"]);
    let mut text = format!(
        "identity_providers:\n  oidc:\n    ## The other parts of the provider's configuration go here.\n    clients:\n\
         \x20     - client_id: '{name}'\n        client_name: '{name}'\n\
         \x20       client_secret: '$pbkdf2-sha512$310000${first}${second}'  # The digest of 'insecure_secret'.\n\
         \x20       public: false\n        authorization_policy: '{policy}'\n        lifespan: '{lifespan}'\n        redirect_uris:\n\
         \x20         - 'https://{name}.{DOMAIN}/{callback}/callback'\n        scopes:\n          - 'openid'\n          - 'profile'\n"
    );
    for scope in ["groups", "email", "offline_access"] {
        if chance.below(2) == 0 {
            let _ = writeln!(text, "          - '{scope}'");
        }
    }
    let _ = write!(
        text,
        "        response_types:\n          - 'code'\n        grant_types:\n          - 'authorization_code'\n        require_pkce: true\n        pkce_challenge_method: 'S256'\n\
         \x20       consent_mode: 'implicit'\n        access_token_signed_response_alg: 'none'\n\
         \x20       userinfo_signed_response_alg: 'none'\n        token_endpoint_auth_method: '{method}'\n"
    );
    text
}

fn settings(chance: &mut Chance) -> String {
    let mut text = format!("{}:\n", prose::key(chance));
    for _ in 0..2 + chance.below(3) {
        let _ = writeln!(text, "  {}:", prose::key(chance));
        for _ in 0..2 + chance.below(5) {
            let key = prose::key(chance);
            // Half of the lines of real configuration stand elsewhere too.
            let _ = match chance.below(12) {
                6.. => writeln!(text, "    {}", chance.one(USUAL)),
                0 => writeln!(text, "    {key}: {}", chance.below(1000)),
                1 => writeln!(text, "    {key}: {}", chance.one(&["true", "false"])),
                2 => writeln!(text, "    {key}: '{}'", prose::invented(chance)),
                3 => writeln!(text, "    ## {}\n    {key}: '{} minutes'", prose::sentence(chance), chance.below(60)),
                4 => writeln!(text, "    {key}:\n      - '{}'\n      - \"{}\"", prose::key(chance), prose::key(chance)),
                _ => writeln!(text, "    {key}: 'https://{}.example.com/'", prose::invented(chance)),
            };
        }
    }
    text
}

fn bash(chance: &mut Chance, name: &str) -> String {
    let (option, file, value) = (prose::invented(chance), prose::key(chance), chance.below(5000));
    format!(
        "# {}\nexport {}=\"{value}\"\nif [ ! -f \"/etc/{name}/{file}.yml\" ]; then\n  sudo mkdir -p /etc/{name}\nfi\n\
         docker run --rm -v \"$PWD/{file}:/config\" {name}:latest {name} {option} --{option} '{file}' | tee \"{file}.log\"\n",
        prose::sentence(chance),
        file.to_ascii_uppercase(),
    )
}

fn nginx(chance: &mut Chance, name: &str) -> String {
    let (port, header) = (1024 + chance.below(60_000), prose::invented(chance));
    format!(
        "server {{\n    listen 443 ssl;\n    server_name {name}.*;\n\n    include /config/nginx/ssl.conf;\n\
         \x20   include /config/nginx/proxy.conf;\n    client_max_body_size 0;\n\n\
         \x20   set $upstream http://{name}:{port};\n\n    location / {{\n        proxy_set_header X-{header} $remote_user;\n\
         \x20       proxy_set_header Host $host;\n        proxy_pass $upstream; # {}\n    }}\n}}\n",
        prose::sentence(chance),
    )
}

fn json(chance: &mut Chance) -> String {
    let mut text = "{\n".to_owned();
    for _ in 0..4 + chance.below(6) {
        let (key, value) = (prose::key(chance), prose::invented(chance));
        let _ = match chance.below(3) {
            0 => writeln!(text, "  \"{key}\": {},", chance.below(10_000)),
            1 => writeln!(text, "  \"{key}\": [\"{value}\", true],"),
            _ => writeln!(text, "  \"{key}\": \"https://{value}.example.com/\","),
        };
    }
    let _ = writeln!(text, "  \"end\": null\n}}");
    text
}

fn env(chance: &mut Chance, name: &str) -> String {
    let mut text = format!("OIDC_ISSUER=https://{PORTAL}.{DOMAIN}\nOIDC_CLIENT_ID={name}\n");
    for _ in 0..3 + chance.below(4) {
        let key = prose::key(chance).to_ascii_uppercase();
        let _ = writeln!(text, "{key}=\"{}, {}\"", prose::invented(chance), prose::invented(chance));
    }
    text
}

fn python(chance: &mut Chance, name: &str) -> String {
    let (function, key, number) = (prose::key(chance), prose::key(chance), chance.below(300));
    format!(
        "import os\n\nfrom {0} import settings\n\n\ndef {function}(request, timeout={number}):\n    \"\"\"{1}\"\"\"\n\
         \x20   if request.headers.get('X-{key}') is None:\n        return settings['{key}'][{number}]\n    return os.environ[\"{2}\"]\n",
        name.replace('-', "_"),
        prose::sentence(chance),
        key.to_ascii_uppercase(),
    )
}

fn ini(chance: &mut Chance, name: &str) -> String {
    let mut text = format!("[auth.{name}]\nenabled = true\nclient_id = {name}\n");
    for _ in 0..3 + chance.below(4) {
        let _ = writeln!(text, "{} = {}", prose::key(chance), prose::invented(chance));
    }
    text
}
