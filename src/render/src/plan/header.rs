//! The lines above a change: what will be done to which object, and why.

use std::fmt::Write as _;

use groma_addr::InstanceKey;
use groma_engine::{Action, ActionReason, InstanceChange, ReplaceCause};

use crate::style::{Color, Style};

/// The symbols of the actions that occur, with what they mean.
pub(super) fn legend(actions: impl Iterator<Item = Action>, style: Style) -> String {
    let mut out = String::new();
    let actions: Vec<Action> = actions.collect();
    for (action, meaning) in [
        (Action::Create, "create"),
        (Action::Update, "update in-place"),
        (Action::Delete, "destroy"),
        (Action::DeleteThenCreate, "destroy and then create replacement"),
        (Action::CreateThenDelete, "create replacement and then destroy"),
        (Action::CreateThenForget, "create replacement, keeping the existing object"),
        (Action::Read, "read (data resources)"),
        (Action::Forget, "forget, without destroying"),
    ] {
        if actions.contains(&action) {
            let _ = writeln!(out, "{}{meaning}", symbol(action, style));
        }
    }
    out
}

/// The symbol of an action, four columns wide.
pub(super) fn symbol(action: Action, style: Style) -> String {
    let two = |a: (Color, &str), b: (Color, &str)| {
        format!("{}/{} ", style.paint(a.0, a.1), style.paint(b.0, b.1))
    };
    match action {
        Action::NoOp | Action::Renew => "    ".to_owned(),
        Action::Create | Action::Open => format!("  {} ", style.paint(Color::Green, "+")),
        Action::Update => format!("  {} ", style.paint(Color::Yellow, "~")),
        Action::Delete | Action::Close => format!("  {} ", style.paint(Color::Red, "-")),
        Action::DeleteThenCreate => two((Color::Red, "-"), (Color::Green, "+")),
        Action::CreateThenDelete => two((Color::Green, "+"), (Color::Red, "-")),
        Action::CreateThenForget => two((Color::Green, "+"), (Color::Magenta, ".")),
        Action::Read => format!(" {} ", style.paint(Color::Cyan, "<=")),
        Action::Forget => format!("  {} ", style.paint(Color::Magenta, ".")),
    }
}

/// `# addr will be created`, with further lines for the reason.
pub(super) fn comment(change: &InstanceChange, drift: bool, style: Style) -> String {
    let mut addr = change.addr.to_string();
    if let Some(deposed) = &change.deposed {
        let _ = write!(addr, " (deposed object {deposed})");
    }
    let addr = style.paint(Color::Bold, addr).to_string();
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "  # {text}");
    };
    if drift {
        line(drift_title(change, &addr, style));
        return out;
    }
    let replaced = style.paint(Color::BoldRed, "replaced");
    let destroyed = style.paint(Color::BoldRed, "destroyed");
    match change.action {
        Action::Create => line(format!("{addr} will be created")),
        Action::Read => {
            line(format!("{addr} will be read during apply"));
            line(read_reason(change.reason).to_owned());
        }
        Action::Update => line(format!("{addr} will be updated in-place")),
        Action::CreateThenForget => {
            line(format!("{addr} must be replaced, but the existing object will not be destroyed"));
        }
        Action::DeleteThenCreate | Action::CreateThenDelete => line(match change.reason {
            ActionReason::ReplaceBecauseTainted => {
                format!("{addr} is tainted, so must be {replaced}")
            }
            ActionReason::ReplaceByRequest => format!("{addr} will be {replaced}, as requested"),
            ActionReason::ReplaceByTriggers => {
                format!("{addr} will be {replaced} due to changes in replace_triggered_by")
            }
            _ => format!("{addr} must be {replaced}"),
        }),
        Action::Delete => {
            line(format!("{addr} will be {destroyed}"));
            delete_reason(change).map(&mut line);
        }
        Action::Forget => {
            line(format!("{addr} will no longer be managed by Groma, but will not be destroyed"));
            line("(destroy = false is set in the configuration)".to_owned());
        }
        Action::NoOp if change.importing.is_some() => line(format!("{addr} will be imported")),
        Action::NoOp if change.is_moved() => {
            let from = &change.prev_run_addr;
            line(format!("{} has moved to {addr}", style.paint(Color::Bold, from)));
        }
        Action::NoOp | Action::Open | Action::Renew | Action::Close => {
            line(format!("{addr} is unchanged"));
        }
    }
    further(change, line);
    out
}

fn further(change: &InstanceChange, mut line: impl FnMut(String)) {
    if change.deposed.is_some() && change.action == Action::Delete {
        line("(left over from a partially-failed replacement of this instance)".to_owned());
    }
    if change.is_moved() && change.action != Action::NoOp {
        line(format!("(moved from {})", change.prev_run_addr));
    }
    if let Some(import) = &change.importing {
        if change.generated_config.is_some() {
            line("(config will be generated)".to_owned());
        }
        if change.action != Action::NoOp {
            line(format!("(imported from {:?})", import.id));
        }
    }
}

fn drift_title(change: &InstanceChange, addr: &str, style: Style) -> String {
    match change.action {
        Action::Delete => format!("{addr} has been deleted"),
        Action::NoOp if change.is_moved() => {
            format!("{} has moved to {addr}", style.paint(Color::Bold, &change.prev_run_addr))
        }
        _ => format!("{addr} has changed"),
    }
}

fn read_reason(reason: ActionReason) -> &'static str {
    match reason {
        ActionReason::ReadBecauseDependencyPending => {
            "(depends on a resource or a module with changes pending)"
        }
        ActionReason::ReadBecauseCheckNested => "(config will be reloaded to verify a check block)",
        _ => "(config refers to values not yet known)",
    }
}

fn delete_reason(change: &InstanceChange) -> Option<String> {
    let addr = &change.addr;
    Some(match change.reason {
        ActionReason::DeleteBecauseNoResourceConfig => {
            format!("(because {}.{} is not in configuration)", addr.resource.ty, addr.resource.name)
        }
        ActionReason::DeleteBecauseNoModule => {
            format!("(because {} is not in configuration)", addr.module)
        }
        ActionReason::DeleteBecauseWrongRepetition => match addr.key {
            InstanceKey::None => "(because resource uses count or for_each)".to_owned(),
            InstanceKey::Int(_) => "(because resource does not use count)".to_owned(),
            InstanceKey::Str(_) => "(because resource does not use for_each)".to_owned(),
        },
        ActionReason::DeleteBecauseCountIndex => {
            format!("(because index {} is out of range for count)", addr.key)
        }
        ActionReason::DeleteBecauseEachKey => {
            format!("(because key {} is not in for_each map)", addr.key)
        }
        ActionReason::DeleteBecauseNoMoveTarget => {
            format!(
                "(because {addr} was moved to {}, which is not in configuration)",
                change.prev_run_addr
            )
        }
        _ => return None,
    })
}

/// Where the change that takes a new object is written.
pub(super) fn cause(cause: &ReplaceCause, style: Style) -> String {
    let Some(place) = &cause.place else { return String::new() };
    let what = cause.trigger.clone().unwrap_or_else(|| {
        let path = cause.path.to_string();
        path.strip_prefix('.').unwrap_or(&path).to_owned()
    });
    let text = format!("# replaced because of {what}, at {}:{}", place.file, place.start.line);
    format!("\n    {}", style.paint(Color::Dim, text))
}
