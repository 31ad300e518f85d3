//! From a source to a configuration: files are found, read, parsed and decoded, then joined to
//! modules ([`module`]), and modules to a tree ([`tree`]) whose provider configurations are
//! connected ([`providers`]).

mod merge;
mod module;
mod providers;
mod tree;
mod warnings;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use groma_diag::{Diagnostic, Diagnostics, FileId, SourceMap};
use groma_lang::syntax::{parse_file, parse_json_file};

pub use tree::{StateBlocks, check_calls, load_calls, load_config, load_state_blocks};

use crate::decode::{Decoder, File};
use crate::source::{EntryKind, Source, path};

/// The files of a module's directory, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFiles {
    /// `.tf` and `.tf.json`
    pub primary: Vec<String>,
    /// `override.tf`, `*_override.tf` and the same with `.json`.
    pub overrides: Vec<String>,
}

impl ModuleFiles {
    /// Whether there is no configuration at all.
    pub fn is_empty(&self) -> bool {
        self.primary.is_empty() && self.overrides.is_empty()
    }
}

/// Finds the files of configuration in a directory. What editors leave behind is none.
pub fn module_files(source: &dyn Source, dir: &str) -> Result<ModuleFiles, Diagnostic> {
    let entries = source.list(dir).map_err(|error| {
        let detail = format!("Module directory {dir} does not exist or cannot be read: {error}.");
        Diagnostic::error("Failed to read module directory", detail)
    })?;
    let mut files = ModuleFiles::default();
    for entry in entries.iter().filter(|entry| entry.kind != EntryKind::Dir) {
        let name = &*entry.name;
        let Some(base) = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json")) else {
            continue;
        };
        let ignored = name.starts_with('.')
            || name.ends_with('~')
            || name.starts_with('#') && name.ends_with('#');
        if ignored {
            continue;
        }
        let is_override = base == "override" || base.ends_with("_override");
        let list = if is_override { &mut files.overrides } else { &mut files.primary };
        list.push(path::join(dir, name));
    }
    Ok(files)
}

/// A file that has been read and not parsed.
struct Unparsed {
    id: FileId,
    path: String,
    bytes: Arc<[u8]>,
    is_json: bool,
    overriding: bool,
}

impl Unparsed {
    /// Whether there may be a `backend` or `cloud` block in it. What cannot be searched may have
    /// anything in it, and so may the names of JSON with escapes.
    fn may_have_state_blocks(&self) -> bool {
        std::str::from_utf8(&self.bytes).map_or(true, |text| {
            let escaped = self.is_json && text.contains("\\u");
            escaped || text.contains("backend") || text.contains("cloud")
        })
    }
}

/// Reads and decodes the files of a directory that are `wanted`: primary ones, then overrides.
fn decode_dir(
    source: &dyn Source,
    dir: &str,
    wanted: fn(&Unparsed) -> bool,
    sources: &SourceMap,
    diags: &mut Diagnostics,
) -> (Vec<File>, Vec<File>) {
    let files = match module_files(source, dir) {
        Ok(files) => files,
        Err(diag) => {
            diags.push(diag);
            return (Vec::new(), Vec::new());
        }
    };
    let named = |overriding: bool| move |path: &String| (path.clone(), overriding);
    let paths =
        files.primary.iter().map(named(false)).chain(files.overrides.iter().map(named(true)));
    let mut unparsed = Vec::new();
    for (path, overriding) in paths {
        match source.read(&path) {
            Ok(bytes) => {
                let is_json = path.strip_suffix(".json").is_some();
                let id = sources.add(path.clone(), Arc::clone(&bytes));
                unparsed.push(Unparsed { id, path, bytes, is_json, overriding });
            }
            Err(error) => {
                let detail = format!("The file {path:?} could not be read: {error}.");
                diags.push(Diagnostic::error("Failed to read file", detail));
            }
        }
    }
    unparsed.retain(wanted);
    let (mut primary, mut overrides) = (Vec::new(), Vec::new());
    for (file, (decoded, found)) in unparsed.iter().zip(decode_all(&unparsed, sources)) {
        diags.extend(found);
        if file.overriding { &mut overrides } else { &mut primary }.push(decoded);
    }
    (primary, overrides)
}

/// Decodes files on as many threads as are of use, and gives the results in order.
fn decode_all(files: &[Unparsed], sources: &SourceMap) -> Vec<(File, Diagnostics)> {
    /// Below this a thread costs more than it brings.
    const BYTES_PER_THREAD: usize = 1 << 18;
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let available = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = available.min(files.len()).min(bytes / BYTES_PER_THREAD + 1);
    if threads <= 1 {
        return files.iter().map(|file| decode_one(file, sources)).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<(File, Diagnostics)>>> =
        files.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((file, result)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    files.get(index).zip(results.get(index))
                } {
                    let decoded = decode_one(file, sources);
                    *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(decoded);
                }
            });
        }
    });
    let results = results.into_iter();
    let taken = results.map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    taken.map(Option::unwrap_or_default).collect()
}

fn decode_one(file: &Unparsed, sources: &SourceMap) -> (File, Diagnostics) {
    let bytes = Arc::clone(&file.bytes);
    let (body, mut diags) = if file.is_json {
        parse_json_file(file.id, bytes)
    } else {
        parse_file(file.id, &file.path, bytes)
    };
    let (decoded, found) = Decoder::new(sources, file.overriding).file(&body);
    diags.extend(found);
    (decoded, diags)
}
