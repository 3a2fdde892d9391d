//! Runs that are killed while they change a target: at moments spread over all of what a run does there.

use super::{Site, tree};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Files by path.
type Files = BTreeMap<String, Vec<u8>>;

const VERSIONS: [&str; 3] = ["a", "b", "c"];

/// What makes a command of its arguments.
pub type Run<'s> = dyn Fn(&[&str]) -> Command + 's;

/// A site in versions that are built already, so that a run is nothing but publishing.
pub struct Victim<'s> {
    /// The site.
    pub site: &'s Site,
    /// The program with these arguments.
    pub command: Box<Run<'s>>,
    /// Makes it possible to tell that the next run has begun to act.
    pub before: Box<dyn Fn() + 's>,
    /// Whether a run has begun to act.
    pub is_acting: Box<dyn Fn() -> bool + 's>,
    /// What readers see.
    pub served: Box<dyn Fn() -> Files + 's>,
}

/// What came of a run.
enum End {
    /// It was killed in the middle.
    Killed,
    /// It had done its work before.
    Done,
    /// There was nothing to do for it.
    Idle,
}

impl Victim<'_> {
    /// Kills runs at so many moments, each of them after it began to act and before it ended; `check` looks at what readers
    /// see each time. Then a run that is left alone finishes.
    pub fn kill(&self, moments: usize, check: impl Fn(&Files)) {
        for (at, version) in VERSIONS.iter().enumerate() {
            self.site.change_all(at);
            for file in 0..6 {
                self.site.write(&format!("site/static/files/{file}.txt"), &format!("{version} {file}").repeat(500));
            }
            let built = self.site.run(&["build", "--no-search", "--quiet", "--output", &format!("../{version}")]);
            assert_eq!(built.status, 0, "{}", built.err);
        }
        self.publish("a");
        let mut takes = self.publish("b");
        let (mut killed, mut tries) = (0, 0_usize);
        while killed < moments {
            assert!(tries < 8 * moments, "{killed} of {tries} runs were killed in the middle");
            let part = f64::from(u32::try_from(killed).unwrap()) / f64::from(u32::try_from(moments).unwrap());
            match self.run_and_kill(VERSIONS[tries % VERSIONS.len()], takes.mul_f64(part)) {
                End::Killed => killed += 1,
                // The machine is quicker than when it was measured.
                End::Done => takes = takes.mul_f64(0.9),
                End::Idle => {}
            }
            check(&(self.served)());
            tries += 1;
        }
        self.publish("c");
        self.publish("a");
        let (served, mut built) = ((self.served)(), tree(&self.site.path("a")));
        built.remove(".guidegen.json").unwrap();
        for (path, bytes) in &built {
            assert!(served.get(path) == Some(bytes), "{path} is not what was published");
        }
        check(&served);
    }

    fn start(&self, version: &str) -> Command {
        (self.before)();
        let mut command = (self.command)(&["publish", "--yes", "--quiet", "--from", &format!("../{version}")]);
        command.stderr(Stdio::piped());
        command
    }

    /// Publishes a version; says for how long the run acted.
    fn publish(&self, version: &str) -> Duration {
        let mut child = self.start(version).spawn().unwrap();
        while !(self.is_acting)() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let began = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
        began.elapsed()
    }

    fn run_and_kill(&self, version: &str, delay: Duration) -> End {
        let mut child = self.start(version).spawn().unwrap();
        while !(self.is_acting)() {
            if child.try_wait().unwrap().is_some() {
                let output = child.wait_with_output().unwrap();
                assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
                return End::Idle;
            }
            std::thread::yield_now();
        }
        std::thread::sleep(delay);
        let is_over = child.try_wait().unwrap().is_some();
        let _ = child.kill();
        child.wait().unwrap();
        if is_over { End::Done } else { End::Killed }
    }
}
