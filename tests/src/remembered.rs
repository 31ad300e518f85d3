//! What the oracle said of a case, kept in the user's cache: it is the same each time, and the
//! real `terraform` takes most of the time of a comparison.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::fixture::Case;
use crate::json::Json;
use crate::oracle::TERRAFORM_VERSION;
use crate::run::{Document, Transcript};

/// What runs a case, and everything that decides what its transcript holds: where that changes,
/// what was kept before is asked for anew.
#[derive(Clone, Copy)]
pub struct Recorder {
    /// Runs the case with a program.
    pub run: fn(&Case, &Path) -> Transcript,
    /// The source of what does.
    pub source: &'static str,
}

/// What every recorder is made of.
const SHARED: [&str; 4] = [
    include_str!("fold.rs"),
    include_str!("json.rs"),
    include_str!("stage.rs"),
    include_str!("workdir.rs"),
];

/// What `oracle` says of `case`: as remembered, or by running it. `GROMA_FRESH=1` always runs it.
pub fn oracle(case: &Case, oracle: &Path, recorder: Recorder) -> Transcript {
    remember(case, &[recorder.source], || (recorder.run)(case, oracle))
}

/// What was said of `case`: as remembered, or by `ask`ing. `sources` decide besides the shared ones
/// what that is.
pub(crate) fn remember(
    case: &Case,
    sources: &[&str],
    ask: impl FnOnce() -> Transcript,
) -> Transcript {
    let fresh = crate::parity::setting("GROMA_FRESH") == Some(1);
    let kept = (!fresh).then(|| file(case, sources)).flatten();
    if let Some(transcript) = kept.as_deref().and_then(read) {
        return transcript;
    }
    let transcript = ask();
    if let Some(path) = kept {
        keep(&path, &transcript);
    }
    transcript
}

fn file(case: &Case, sources: &[&str]) -> Option<PathBuf> {
    let cache = crate::parts::cache()?;
    let mut hash = Sha256::new();
    let case = case.to_string();
    for part in sources.iter().chain(&SHARED).chain([&TERRAFORM_VERSION, &&*case]) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(cache.join("oracle").join(name).with_extension("json"))
}

/// A list of documents, each of three parts, and of surprises, which are texts.
fn read(path: &Path) -> Option<Transcript> {
    let kept = Json::parse(&std::fs::read_to_string(path).ok()?).ok()?;
    let mut transcript = Transcript::default();
    for kept in kept.items() {
        match (kept, kept.items()) {
            (Json::String(surprise), _) => transcript.surprises.push(surprise.clone()),
            (_, [Json::String(kind), Json::String(place), content]) => {
                let (kind, place, content) = (kind.clone(), place.clone(), content.clone());
                transcript.documents.push(Document { kind, place, content });
            }
            _ => return None,
        }
    }
    Some(transcript)
}

/// As well as it can: without a cache, the oracle is only asked again.
fn keep(path: &Path, transcript: &Transcript) {
    let document = |d: &Document| {
        let text = |text: &str| Json::String(text.to_owned());
        Json::Array(vec![text(&d.kind), text(&d.place), d.content.clone()])
    };
    let surprises = transcript.surprises.iter().cloned().map(Json::String);
    let kept = transcript.documents.iter().map(document).chain(surprises);
    let json = Json::Array(kept.collect()).to_string();
    let Some(folder) = path.parent() else { return };
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let file = tempfile::NamedTempFile::new_in(folder)?;
        std::fs::write(file.path(), json)?;
        file.persist(path).map_err(|error| error.error)
    });
    if let Err(error) = written {
        eprintln!("{}: what the oracle said is not kept: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::{keep, read};
    use crate::json::Json;
    use crate::run::{Document, Transcript};

    #[test]
    fn what_is_kept_is_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/kept.json");
        let content = Json::parse(r#"{"n": 1e400, "list": [null, "é"]}"#).expect("JSON");
        let document =
            Document { kind: "plan".to_owned(), place: "create: apply".to_owned(), content };
        let surprises = vec!["It does not.".to_owned()];
        let transcript = Transcript { documents: vec![document], surprises };
        keep(&path, &transcript);
        let kept = read(&path).expect("it was kept");
        assert_eq!(kept.documents, transcript.documents);
        assert_eq!(kept.surprises, transcript.surprises);
        std::fs::write(&path, "[[\"pl").expect("it can be written");
        assert!(read(&path).is_none());
    }
}
