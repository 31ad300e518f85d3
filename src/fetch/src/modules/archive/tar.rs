//! Archives of `tar`.

use std::io::Read;

use tar::{Archive, EntryType};

use super::ArchiveError;
use super::place::Place;

/// Unpacks what a decompressor gives.
pub(super) fn unpack(content: impl Read, place: &mut Place<'_>) -> Result<(), ArchiveError> {
    let mut archive = Archive::new(content);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = text(&entry.path_bytes());
        match entry.header().entry_type() {
            // What belongs to the entries after it is read with them.
            EntryType::XGlobalHeader | EntryType::XHeader => {}
            EntryType::Directory => place.directory(&name)?,
            EntryType::Regular | EntryType::Continuous if name.ends_with('/') => {
                place.directory(&name)?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let runs = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
                place.file(&name, &mut entry, runs)?;
            }
            EntryType::Link => place.hard_link(&name, &target(&entry, &name)?)?,
            EntryType::Symlink => {
                let target = target(&entry, &name)?;
                place.symlink(&name, target)?;
            }
            _ => return Err(ArchiveError::Special(name)),
        }
    }
    Ok(())
}

fn target<R: Read>(entry: &tar::Entry<'_, R>, name: &str) -> Result<String, ArchiveError> {
    let target = entry.link_name_bytes().map(|bytes| text(&bytes));
    target.filter(|t| !t.is_empty()).ok_or_else(|| ArchiveError::Path(name.to_owned()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
