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
        (Action::Read, "read (data resources)"),
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
        Action::CreateThenForget => two((Color::Green, "+"), (Color::Red, ".")),
        Action::Read => format!(" {} ", style.paint(Color::Cyan, "<=")),
        Action::Forget => format!(" {} ", style.paint(Color::Red, ".")),
    }
}

/// `# addr will be created`, with further lines for the reason.
pub(super) fn comment(change: &InstanceChange, drift: bool, style: Style) -> String {
    let mut addr = change.addr.to_string();
    if let Some(deposed) = &change.deposed {
        let _ = write!(addr, " (deposed object {deposed})");
    }
    let subject = style.paint(Color::Bold, format!("  # {addr}")).to_string();
    let replaced = style.paint(Color::BoldRed, "replaced");
    let destroyed = style.paint(Color::BoldRed, "destroyed");
    let mut out = match change.action {
        Action::Create => format!("{subject} will be created\n"),
        Action::Read => {
            format!("{subject} will be read during apply\n{}", read_reason(change.reason))
        }
        Action::Update if drift => format!("{subject} has changed\n"),
        Action::Update => format!("{subject} will be updated in-place\n"),
        Action::DeleteThenCreate | Action::CreateThenDelete => match change.reason {
            ActionReason::ReplaceBecauseTainted => {
                format!("{subject} is tainted, so must be {replaced}\n")
            }
            ActionReason::ReplaceByRequest => {
                format!("{subject} will be {replaced}, as requested\n")
            }
            ActionReason::ReplaceByTriggers => {
                format!("{subject} will be {replaced} due to changes in replace_triggered_by\n")
            }
            _ => format!("{subject} must be {replaced}\n"),
        },
        Action::CreateThenForget => {
            let subject = style.paint(Color::Bold, format!(" # {addr}"));
            let text = "must be replaced, but the existing object will not be destroyed";
            format!("{subject} {text}\n # (destroy = false is set in the configuration)\n")
        }
        Action::Forget => forgotten(change, &addr, style),
        Action::Delete if drift => format!("{subject} has been deleted\n"),
        Action::Delete => format!("{subject} will be {destroyed}\n"),
        Action::NoOp if change.is_moved() => {
            let from = style.paint(Color::Bold, format!("  # {}", change.prev_run_addr));
            format!("{from} has moved to {}\n", style.paint(Color::Bold, addr))
        }
        Action::NoOp if change.importing.is_some() => format!("{subject} will be imported\n"),
        Action::NoOp | Action::Open | Action::Renew | Action::Close => {
            format!("{subject} is unchanged\n")
        }
    };
    if change.action == Action::Delete {
        if let Some(reason) = delete_reason(change) {
            let _ = writeln!(out, "  # {reason}");
        }
        if change.deposed.is_some() {
            out.push_str(LEFT_OVER);
        }
    }
    further(change, &mut out, style);
    out
}

const LEFT_OVER: &str = "  # (left over from a partially-failed replacement of this instance)\n";

fn forgotten(change: &InstanceChange, addr: &str, style: Style) -> String {
    let subject = style.paint(Color::Bold, format!(" # {addr}"));
    let stays = style.paint(Color::BoldRed, "will not be destroyed");
    let mut out = if change.deposed.is_some() {
        let why = " # (left over from a partially-failed replacement of this instance)";
        let why = style.paint(Color::Bold, why);
        format!("{subject} will be removed from Groma state, but {stays}\n{why}\n")
    } else {
        format!("{subject} will no longer be managed by Groma, but {stays}\n")
    };
    out.push_str(" # (destroy = false is set in the configuration)\n");
    out
}

/// What happens besides: a move, an import.
fn further(change: &InstanceChange, out: &mut String, style: Style) {
    if change.is_moved() && change.action != Action::NoOp {
        let _ = writeln!(out, "  # (moved from {})", change.prev_run_addr);
    }
    let Some(import) = &change.importing else { return };
    if change.action != Action::NoOp {
        let _ = match import.identity {
            None => writeln!(out, "  # (imported from \"{}\")", import.id),
            Some(_) => writeln!(out, "  # (imported from identity {})", import.id),
        };
    } else if change.generated_config.is_some() {
        out.push_str("  # (config will be generated)\n");
    }
    if matches!(change.action, Action::CreateThenDelete | Action::DeleteThenCreate) {
        let text = "Warning: this will destroy the imported resource";
        let _ = writeln!(out, "  # {}", style.paint(Color::Yellow, text));
    }
}

fn read_reason(reason: ActionReason) -> &'static str {
    match reason {
        ActionReason::ReadBecauseDependencyPending => {
            "  # (depends on a resource or a module with changes pending)\n"
        }
        ActionReason::ReadBecauseCheckNested => {
            "  # (config will be reloaded to verify a check block)\n"
        }
        ActionReason::ReadBecauseConfigUnknown => "  # (config refers to values not yet known)\n",
        _ => "",
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
                "(because {} was moved to {addr}, which is not in configuration)",
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
