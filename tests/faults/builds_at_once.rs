//! Several builds into one folder at the same time. Promised: one of them is done, each other one is done or refused, and what
//! is there is whole.

use super::versions::{FILES, Site};
use std::process::Child;

#[test]
fn of_two_builds_at_once_each_is_done_or_refused() {
    let site = Site::new();
    site.assert_complete("A");
    for round in 0..4 {
        site.set(if round % 2 == 0 { "B" } else { "A" });
        let builds: Vec<Child> = (0..3).map(|_| site.build().spawn().unwrap()).collect();
        let mut done = 0;
        for build in builds {
            let output = build.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => done += 1,
                Some(2) => assert!(said.contains("another build is writing into"), "{said}"),
                other => panic!("{other:?}: {said}"),
            }
        }
        assert!(done >= 1);
        assert!(site.pages().len() >= FILES);
    }
    site.assert_complete("A");
}
