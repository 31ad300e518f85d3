//! Runs a case with one tool, and keeps what it said and what it left.

use std::path::Path;

use super::names::Names;
use crate::fixture::Case;
use crate::json::Json;
use crate::run::{Document, Documents, Transcript, folded};
use crate::stage::Stage;

/// What came of a run.
pub(super) struct Played {
    /// With what the cloud made up folded.
    pub(super) transcript: Transcript,
    /// The state in the end, as it is.
    pub(super) left: String,
}

/// Kinds of documents that are kept with a transcript and are not part of it.
const LEFT: &str = "left";
const REQUESTS: &str = "requests";

/// Events that come after so many seconds, if something takes as long.
const TICKING: &str = "apply_progress";

/// Runs `case`, which has been installed for the cloud at `endpoint`, with `program`.
pub(super) fn play(case: &Case, program: &Path, endpoint: &str) -> Played {
    let mut stage = Stage::new(program);
    stage.play::<Documents>(case);
    let left = stage.tool(&["state", "pull"]).stdout;
    let mut names = Names::new(endpoint);
    for document in &stage.transcript.documents {
        if document.kind == "state file" {
            names.learn(&document.content);
        }
    }
    let mut transcript = folded(stage);
    for document in &mut transcript.documents {
        let mut content = std::mem::replace(&mut document.content, Json::Null);
        if let ("events", Json::Array(events)) = (&*document.kind, &mut content) {
            events.retain(|event| event.get("type").and_then(Json::text) != Some(TICKING));
        }
        document.content = names.fold(content);
    }
    Played { transcript, left }
}

impl Played {
    /// All of it in one, with what was asked of the cloud.
    pub(super) fn into_transcript(self, requests: String) -> Transcript {
        let Self { mut transcript, left } = self;
        for (kind, content) in [(LEFT, left), (REQUESTS, requests)] {
            let (kind, place) = (kind.to_owned(), kind.to_owned());
            transcript.documents.push(Document { kind, place, content: Json::String(content) });
        }
        transcript
    }

    /// And apart again.
    pub(super) fn from_transcript(mut transcript: Transcript) -> (Self, String) {
        let mut take = |kind: &str| {
            let at = transcript.documents.iter().position(|document| document.kind == kind)?;
            match transcript.documents.remove(at).content {
                Json::String(content) => Some(content),
                _ => None,
            }
        };
        let (left, requests) = (take(LEFT), take(REQUESTS));
        (Self { transcript, left: left.unwrap_or_default() }, requests.unwrap_or_default())
    }
}
