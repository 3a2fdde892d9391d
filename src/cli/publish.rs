//! `guidegen publish`: builds and checks the site in memory, plans, asks, acts, and tells what happened.

use super::options::Publish;
use super::site::Notes;
use super::{Status, site};
use crate::edge::clock::{Stopwatch, spoken};
use crate::edge::git::LastChanges;
use crate::edge::publish::{self, Around, Planned, Upgoing};
use crate::edge::search;
use crate::edge::terminal::{self, Format};
use crate::edge::{Failure, environment};
use crate::engine::{self, Beside, Command, Memory};
use crate::input::config::{BaseUrl, Config, Destination, PublishTarget};
use crate::site::publication::hosts::HOSTS;
use crate::site::publication::plan::{Found, Limits};
use crate::site::publication::{NAME_FILE, PAGES_FOLDER, fitness, hosts};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;

/// Publishes the site.
pub(super) fn run(mut options: Publish) -> Result<Status, Failure> {
    let stopwatch = Stopwatch::start();
    let config = configuration(&options)?;
    let target = named(&config, options.target.as_deref())?.clone();
    if options.site.base_url.is_none() {
        options.site.base_url = target.base_url.as_deref().and_then(|url| BaseUrl::parse(url).ok());
    }
    if options.status {
        return status(&options, &config, &target);
    }
    let Some(going) = site_to_publish(&options, &stopwatch)? else { return Ok(Status::Faulty) };
    refuse(&options, &going, &config, &target)?;
    let base_url = going.facts.base_url.clone().unwrap_or_default();
    let around = Around { brings_name: going.objects.contains_key(NAME_FILE), ..around(&options, &base_url) };
    let going = match &target.to {
        Destination::Directory { compress, .. } => going.compressed(compress),
        _ => going,
    };
    let limits =
        Limits { keep: target.keep, max_removals: target.max_removals, force: options.force, adopt: options.adopt };
    let mut place = publish::open(&target, &around)?;
    let planned = publish::plan(place.as_mut(), &going, limits)?;
    tell_plan(&options, &planned, &target);
    if options.dry_run {
        // What would be refused is said before somebody counts on it.
        publish::check(&planned, limits)?;
        return Ok(if planned.plan.is_empty() { Status::Done } else { Status::Changes });
    }
    if planned.plan.is_empty() {
        say(&options, &format!("Nothing to publish: {base_url} is as it should be\n"));
        return Ok(Status::Done);
    }
    publish::check(&planned, limits)?;
    if !options.yes && !environment::ask(&format!("Publish this to `{}` ({base_url})?", target.name))? {
        return Err(Failure::new("nothing was published"));
    }
    let ledger = publish::ledger_head(&base_url, &going.facts.sources, around.commit.clone(), &options.clock);
    let bar = progress(&options, &planned);
    let acted = publish::act(place.as_mut(), &planned, &going, ledger, &|count| bar.inc(count as u64));
    bar.finish_and_clear();
    let done = publish::done(&planned.plan, acted?);
    say(&options, &format!("Published {base_url}: {done}, in {}\n", spoken(stopwatch.total())));
    let paths: Vec<String> = planned.plan.unsettled.iter().map(|path| address_of(&base_url, path)).collect();
    let hook = publish::run_hook(&target.hook, options.site.root.path(), &paths);
    if hook.is_err() {
        // What it was not told is nowhere else.
        terminal::eprint(&terminal::tame(&paths.iter().map(|path| format!("{path}\n")).collect::<String>(), true));
    }
    hook.map(|()| Status::Done)
}

/// The configuration alone: which targets there are is asked before anything is built.
fn configuration(options: &Publish) -> Result<Config, Failure> {
    let reading = options.site.root.read_configuration(options.site.config.as_deref())?;
    let (config, found) = engine::configuration(&reading);
    if found.is_empty() {
        return Ok(config);
    }
    site::tell(&options.site, &reading, &found);
    Err(Failure::new("nothing was published: the configuration is wrong"))
}

fn named<'c>(config: &'c Config, name: Option<&str>) -> Result<&'c PublishTarget, Failure> {
    let names: Vec<&str> = config.publish.iter().map(|target| target.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    match (name, &config.publish[..]) {
        (Some(name), targets) => targets.iter().find(|target| target.name == name).ok_or_else(|| {
            Failure::new(format!("there is no target `{name}`")).help(format!("targets in `publish`: {known}"))
        }),
        (None, [only]) => Ok(only),
        (None, []) => Err(Failure::new("the configuration has no target to publish to")
            .help("add one: `publish: { live: { to: directory, path: /srv/www/docs } }`")),
        (None, _) => Err(Failure::new("there are several targets").help(format!("name one of them: {known}"))),
    }
}

/// The site, built now or taken from a folder; none when it has errors, which were told.
fn site_to_publish(options: &Publish, stopwatch: &Stopwatch) -> Result<Option<Upgoing>, Failure> {
    if let Some(folder) = &options.from {
        return Upgoing::from(folder).map(Some);
    }
    let reading = options.site.root.read_site(options.site.config.as_deref())?;
    let changes = Arc::new(LastChanges::start(options.site.root.path(), site::guides(&reading.files)));
    let command = Command::Check(Beside::default());
    let built = if options.site.cache.is_some() {
        site::build_onto(&Memory, &options.site, &reading, &changes, command, Notes::default(), stopwatch)
    } else {
        site::build(&options.site, &reading, &changes, command, stopwatch)
    };
    let mut bundle = built.map_err(|refusal| {
        site::tell(&options.site, &reading.files, &refusal.diagnostics);
        Failure::new("nothing was published: the configuration is wrong")
    })?;
    site::tell(&options.site, &reading.files, &bundle.diagnostics);
    if site::status(&bundle.diagnostics, options.site.strict) == Status::Faulty {
        let found = site::found(&bundle.diagnostics);
        terminal::eprint(&format!("Nothing was published: {found}\n"));
        return Ok(None);
    }
    search::complete(&mut bundle)?;
    Upgoing::of(&bundle).map(Some)
}

/// Refuses what should not go out, and what the host would not take.
fn refuse(options: &Publish, going: &Upgoing, config: &Config, target: &PublishTarget) -> Result<(), Failure> {
    let mut faults = fitness::faults(&going.facts, Some(config));
    // Its warnings were told when it was built.
    if options.site.strict && going.facts.warnings > 0 {
        faults.push(("the site has warnings".to_owned(), "mend what `guidegen check` finds, or leave --strict away"));
    }
    let wanted = options.site.base_url.as_ref().map(BaseUrl::href).or_else(|| target.base_url.clone());
    if let (Some(wanted), Some(built)) = (wanted, &going.facts.base_url)
        && wanted != *built
    {
        let said = format!("the site is built for `{built}`, and the target is `{wanted}`");
        faults.push((said, "build it with --base-url, or leave --from away"));
    }
    if let Destination::Git { folder, .. } = &target.to
        && (folder.is_empty() || folder == PAGES_FOLDER)
    {
        faults.extend(fitness::wrong_name(&going.facts, &going.text(NAME_FILE)));
    }
    let host = HOSTS.iter().find(|(name, _)| Some(*name) == target.host.as_deref());
    if let Some((_, host)) = host {
        let (redirects, headers) = (going.text("_redirects"), going.text("_headers"));
        let said = hosts::faults(*host, &going.objects, &redirects, &headers);
        faults.extend(said.into_iter().map(|said| (said, "what is beyond a limit of the host is ignored there")));
    }
    let Some((_, help)) = faults.first() else { return Ok(()) };
    let said: Vec<&str> = faults.iter().map(|(said, _)| said.as_str()).collect();
    Err(Failure::new(format!("nothing was published: {}", said.join("; "))).help(*help))
}

fn around<'a>(options: &'a Publish, base_url: &'a str) -> Around<'a> {
    let root = options.site.root.path();
    let commit = publish::source_commit(root);
    Around { root, base_url, commit, brings_name: false, break_lock: options.break_lock }
}

fn tell_plan(options: &Publish, planned: &Planned, target: &PublishTarget) {
    if options.site.format == Format::Json {
        terminal::print(&publish::json(&planned.plan, &target.name));
    } else if !options.site.voice.quiet {
        terminal::eprint(&publish::describe(&planned.plan, options.site.voice.verbose));
    }
}

fn say(options: &Publish, text: &str) {
    if !options.site.voice.quiet {
        terminal::eprint(&terminal::tame(text, true));
    }
}

/// What stands at the target.
fn status(options: &Publish, config: &Config, target: &PublishTarget) -> Result<Status, Failure> {
    let base_url = options.site.base_url.as_ref().or(config.base_url.as_ref()).map(BaseUrl::href).unwrap_or_default();
    let around = around(options, &base_url);
    let mut place = publish::open(target, &around)?;
    let Found { ledger, is_damaged, present, .. } = publish::status(place.as_mut())?;
    let name = &target.name;
    if options.site.format == Format::Json {
        terminal::print(&publish::status_json(name, ledger.as_ref(), is_damaged, &present));
        return Ok(Status::Done);
    }
    let text = match ledger {
        None if is_damaged => format!("{name}: the manifest is damaged; the next run uploads everything\n"),
        None if present.is_empty() => format!("{name}: nothing is there yet\n"),
        None => format!("{name}: {} files are there, and no manifest of guidegen\n", present.len()),
        Some(ledger) => {
            let live = ledger.objects.values().filter(|object| object.retired == 0).count();
            let kept = ledger.objects.len() - live;
            let lost = ledger.objects.keys().filter(|path| !present.contains(*path)).count();
            let foreign = present.iter().filter(|path| !ledger.objects.contains_key(*path)).count();
            let commit = ledger.commit.map_or_else(String::new, |commit| format!(", from {commit}"));
            let end = if ledger.complete { "" } else { "; the last run did not come to its end" };
            // Anybody may have written it: each value stays on its line.
            let line = |text: &str| terminal::tame(text, false);
            let address = line(&ledger.base_url);
            let when = line(&format!("published {}{commit}{end}", ledger.time));
            format!(
                "{name}: {address}\n  {when}\n  {live} files, {kept} kept of earlier releases, {lost} missing, \
                 {foreign} of others\n"
            )
        }
    };
    terminal::print(&terminal::tame(&text, true));
    Ok(Status::Done)
}

/// The address that an object is read at.
fn address_of(base_url: &str, path: &str) -> String {
    let path = path.strip_suffix("index.html").filter(|rest| rest.is_empty() || rest.ends_with('/')).unwrap_or(path);
    format!("{base_url}{}", crate::base::address::encode(path))
}

fn progress(options: &Publish, planned: &Planned) -> ProgressBar {
    let bar = ProgressBar::new(planned.plan.steps.len() as u64);
    if options.site.voice.quiet || options.site.format.is_for_machines() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_address() {
        let of = |path| address_of("https://a.test/docs/", path);
        assert_eq!(of("index.html"), "https://a.test/docs/");
        assert_eq!(of("a b/index.html"), "https://a.test/docs/a%20b/");
        assert_eq!(of("myindex.html"), "https://a.test/docs/myindex.html");
    }
}
