//! The author's loop beside `hugo server`, as a table: `cargo bench --bench serve`.
//!
//! The body of one guide is saved again and again; measured is the time from the write's return until the new text is
//! served (whoever watches files waits in it), and until Chromium has a frame with it. All servers are up all the time
//! and take turns on the same guides; with the browser they come one after the other. Nothing is asserted.
//!
//! What can be said by the environment stands in [`OPTIONS`], and with examples in CONTRIBUTING.md.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, reason = "the browser's tests need more of it")]
#[path = "../tests/browser/chromium.rs"]
mod chromium;
#[allow(dead_code, reason = "whole builds need more of it")]
mod contest;
mod generate;
#[allow(dead_code, reason = "whole builds need more of it")]
mod measure;

use chromium::Page;
use contest::{Contestant, Guides};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const OPTIONS: &str = "\
GUIDEGEN_BENCH_GUIDES=410,4100   how many guides are generated, one table each (default: 410)
GUIDEGEN_BENCH_RUNS=15           how often one is saved, after two times that are not counted
GUIDEGEN_BENCH_BESIDE=FILE       another guidegen to run beside this one
GUIDEGEN_BENCH_HUGO=FILE         Hugo's binary (default: on the path)
GUIDEGEN_BENCH_EDITS=10000       one guide is saved so often, and what the server holds is told on the way
GUIDEGEN_BROWSER=off             without Chromium
";

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Notes when the page first had a frame with each mark.
const EYE: &str = "window.eye = {}; (function look() { \
    const mark = /(?:^|\\s)mark(\\d+)z/.exec(document.body ? document.body.textContent : ''); \
    if (mark && !(mark[1] in eye)) eye[mark[1]] = Date.now(); requestAnimationFrame(look); })();";

fn main() -> ExitCode {
    if !env::args().any(|argument| argument == "--bench") {
        // `cargo test --benches` runs it too, and wants no numbers.
        return ExitCode::SUCCESS;
    }
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), String> {
    println!("\nFrom a save to what is served. By the environment:\n\n{OPTIONS}");
    let counts = env::var("GUIDEGEN_BENCH_GUIDES").unwrap_or_else(|_| "410".to_owned());
    for count in counts.split(',') {
        let count = count.trim().parse().map_err(|_| format!("GUIDEGEN_BENCH_GUIDES: `{count}` is no number"))?;
        let place = Some(PathBuf::from("/dev/shm")).filter(|memory| memory.is_dir()).unwrap_or_else(env::temp_dir);
        let scratch = tempfile::Builder::new().prefix("guidegen-bench-").tempdir_in(place);
        let scratch = scratch.map_err(|error| error.to_string())?;
        let everybody = contest::gather(&Guides::Generated(count), scratch.path())?;
        let mut servers = Vec::new();
        for contestant in everybody.iter().filter(|contestant| contestant.name != "mdbook") {
            servers.push(Server::start(contestant)?);
        }
        match number("GUIDEGEN_BENCH_EDITS")? {
            Some(edits) => soak(servers.first_mut().ok_or("nobody serves")?, edits)?,
            None => take_turns(&mut servers, count)?,
        }
    }
    Ok(())
}

fn number(name: &str) -> Result<Option<usize>, String> {
    let text = env::var(name).ok();
    text.map(|text| text.parse().map_err(|_| format!("{name}: `{text}` is no number"))).transpose()
}

fn take_turns(servers: &mut [Server], count: usize) -> Result<(), String> {
    let runs = number("GUIDEGEN_BENCH_RUNS")?.unwrap_or(15).max(1);
    let mut served = vec![Vec::new(); servers.len()];
    for round in 0..runs + 2 {
        for (server, times) in servers.iter_mut().zip(&mut served) {
            let (time, _) = server.save(round, None)?;
            times.extend((round > 1).then_some(time));
        }
    }
    // One after the other: a browser that looks at every frame of several tabs takes the processor from all.
    let browser = chromium::browser();
    let mut painted = vec![Vec::new(); servers.len()];
    for (server, times) in servers.iter_mut().zip(&mut painted) {
        let Some(page) = browser.as_ref().map(chromium::Browser::page) else { continue };
        page.before(EYE);
        page.open(&format!("http://{}{}", server.host, server.address));
        for round in runs + 2..2 * runs + 4 {
            let (_, time) = server.save(round, Some(&page))?;
            times.extend(time.filter(|_| round > runs + 3));
        }
        page.open("about:blank");
    }
    println!("{count} guides, medians of {runs} saves");
    println!(
        "{:10} {:>10} {:>7} {:>10} {:>7} {:>10} {:>10}",
        "", "served", "ratio", "painted", "ratio", "memory", "peak"
    );
    let (served, painted): (Vec<f64>, Vec<f64>) =
        served.iter_mut().zip(&mut painted).map(|(served, painted)| (median(served), median(painted))).unzip();
    for (at, server) in servers.iter().enumerate() {
        println!(
            "{:10} {:>7.1} ms {:>7.1} {:>7.0} ms {:>7.1} {:>7} MB {:>7} MB",
            server.name,
            served[at],
            served[at] / served[0],
            painted[at],
            painted[at] / painted[0],
            server.status("VmRSS") >> 10,
            server.status("VmHWM") >> 10,
        );
    }
    Ok(())
}

/// Saves one guide many times, and tells whether something grows.
fn soak(server: &mut Server, edits: usize) -> Result<(), String> {
    println!("{:>7} {:>10} {:>10} {:>8} {:>11}", "edits", "memory", "peak", "threads", "open files");
    for round in 0..=edits {
        server.save(round, None)?;
        if round % (edits / 10).max(1) == 0 {
            let files = fs::read_dir(format!("/proc/{}/fd", server.child.id())).map_or(0, Iterator::count);
            println!(
                "{round:>7} {:>7} MB {:>7} MB {:>8} {files:>11}",
                server.status("VmRSS") >> 10,
                server.status("VmHWM") >> 10,
                server.status("Threads"),
            );
        }
    }
    Ok(())
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A generator that serves its site.
struct Server {
    name: &'static str,
    child: Child,
    host: String,
    /// The address of the guide that is saved.
    address: String,
    guide: PathBuf,
    text: String,
}

impl Server {
    fn start(contestant: &Contestant) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("{}: {error}", contestant.name);
        let site = contestant.content.parent().ok_or("no site")?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).map_err(told)?.port();
        let mut command = Command::new(&contestant.process.program);
        command.args(if contestant.name == "hugo" { ["server", "--source"] } else { ["serve", "--root"] }).arg(site);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
        command.envs(contestant.process.environment.iter().map(|(name, value)| (name, value)));
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(told)?;
        let lines = BufReader::new(child.stderr.take().ok_or("no errors")?).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let below = contestant.changing.strip_prefix(&contestant.content).map_err(|error| error.to_string())?;
        let below = below.to_string_lossy().replace('\\', "/");
        let below = below.strip_suffix("/index.md").or_else(|| below.strip_suffix(".md")).unwrap_or(&below);
        let server = Self {
            name: contestant.name,
            child,
            // Hugo names itself so, and listens to changes there.
            host: format!("{}:{port}", if contestant.name == "hugo" { "localhost" } else { "127.0.0.1" }),
            address: format!("/{below}/"),
            guide: contestant.changing.clone(),
            text: fs::read_to_string(&contestant.changing).map_err(told)?,
        };
        server.wait_for(" 200 OK")?;
        Ok(server)
    }

    /// Saves the guide with a new text; how many milliseconds it took until that was served, and until a page had it.
    fn save(&mut self, round: usize, page: Option<&Page<'_>>) -> Result<(f64, Option<f64>), String> {
        let text = format!("{}\nThe word mark{round}z is new.\n", self.text);
        fs::write(&self.guide, text).map_err(|error| error.to_string())?;
        let (start, clock) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        self.wait_for(&format!("mark{round}z"))?;
        let served = start.elapsed().as_secs_f64() * 1e3;
        let painted = page.map(|page| {
            page.wait(&format!("eye[{round}]"));
            page.text(&format!("eye[{round}]")).parse().unwrap_or(f64::NAN) - clock.as_secs_f64() * 1e3
        });
        if page.is_some() {
            // A hand is never as quick as this, and Hugo's pages miss what comes while they load again.
            std::thread::sleep(Duration::from_millis(800));
        }
        Ok((served, painted))
    }

    fn wait_for(&self, text: &str) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.answer().is_ok_and(|answer| answer.contains(text)) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Err(format!("{}: `{text}` never came at {}", self.name, self.address))
    }

    fn answer(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.host)?;
        let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address, self.host);
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// A number that Linux tells of the process; 0 elsewhere.
    fn status(&self, name: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
