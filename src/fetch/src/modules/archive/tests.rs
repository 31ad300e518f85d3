use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek as _, Write};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use tar::{Builder, EntryType, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{ArchiveError, unpack};
use crate::modules::limits::Limits;
use crate::modules::tree;

fn small() -> Limits {
    Limits::new(1 << 20, 100, Duration::from_mins(1))
}

/// What comes of an archive: its files, with `>` for where links lead, or the error.
fn unpacked(bytes: &[u8], kind: &str, limits: &Limits) -> String {
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("a/b");
    fs::create_dir_all(&target).expect("directories");
    let mut archive = tempfile::tempfile().expect("a file");
    archive.write_all(bytes).expect("content");
    archive.rewind().expect("its start");
    let outcome = unpack(&archive, kind, &target, limits)
        .map_err(|error| error.to_string())
        .and_then(|()| tree::confine(&target).map_err(|error| error.to_string()));
    let mut around = BTreeMap::new();
    list(dir.path(), Path::new(""), &mut around);
    assert!(around.keys().all(|name| name.starts_with("a/b/")), "{around:?}");
    match outcome {
        Ok(()) => around.iter().map(|(name, what)| format!("{}{what}\n", &name[4..])).collect(),
        Err(error) => error,
    }
}

fn list(dir: &Path, shown: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let shown = shown.join(path.file_name().expect("a name"));
        let name = shown.to_string_lossy().into_owned();
        if path.is_symlink() {
            let target = fs::read_link(&path).expect("a link");
            found.insert(name, format!(" > {}", target.display()));
        } else if path.is_dir() {
            list(&path, &shown, found);
        } else {
            let text = fs::read_to_string(&path).expect("text");
            found.insert(name, format!(" {}", text.chars().take(10).collect::<String>()));
        }
    }
}

fn tarball(write: impl FnOnce(&mut Builder<Vec<u8>>)) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    write(&mut builder);
    gzipped(&builder.into_inner().expect("an archive"))
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("room");
    out.finish().expect("a stream")
}

/// An entry whose path and target are what they are, also where no program would write them.
fn entry(builder: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, target: &str, text: &str) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    let gnu = header.as_gnu_mut().expect("a header of GNU");
    gnu.name[..name.len()].copy_from_slice(name.as_bytes());
    gnu.linkname[..target.len()].copy_from_slice(target.as_bytes());
    header.set_cksum();
    builder.append(&header, text.as_bytes()).expect("room");
}

#[track_caller]
fn check_tar(write: impl FnOnce(&mut Builder<Vec<u8>>), expected: &str) {
    assert_eq!(unpacked(&tarball(write), "tar.gz", &small()), expected);
}

fn zipped(write: impl FnOnce(&mut ZipWriter<File>)) -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a.zip");
    let mut archive = ZipWriter::new(File::create(&path).expect("a file"));
    write(&mut archive);
    archive.finish().expect("an archive");
    fs::read(path).expect("the archive")
}

#[track_caller]
fn check_zip(write: impl FnOnce(&mut ZipWriter<File>), expected: &str) {
    assert_eq!(unpacked(&zipped(write), "zip", &small()), expected);
}

#[test]
fn files_and_links_come_out() {
    check_tar(
        |tar| {
            entry(tar, EntryType::Directory, "./", "", "");
            entry(tar, EntryType::Regular, "./d/f", "", "x");
            entry(tar, EntryType::Symlink, "l", "d/f", "");
            entry(tar, EntryType::Symlink, "d/up", "../l", "");
            entry(tar, EntryType::Link, "h", "./d/f", "");
        },
        "d/f x\nd/up > ../l\nh x\nl > d/f\n",
    );
    check_zip(
        |zip| {
            let options = SimpleFileOptions::default();
            zip.add_symlink("l", "d/f", options).expect("an entry");
            zip.start_file("d/f", options).expect("an entry");
            zip.write_all(b"x").expect("content");
        },
        "d/f x\nl > d/f\n",
    );
}

/// A file `f` with an `x` in it, as `tar` and `xz` pack it.
const XZ: &str = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Af/ADhdADMAM1AYaImDAdzibiEFRld82HLvMoTcO6nmOuqycoFBMg\
                  +yLg4uOedl4T/XgmG73mdCEqvD3jkAAPZn08CfaLTbAAFUgBAAAAAxebW1scRn+wIAAAAABFla";

#[test]
fn every_kind_is_read() {
    let mut builder = Builder::new(Vec::new());
    entry(&mut builder, EntryType::Regular, "f", "", "x");
    let tar = builder.into_inner().expect("an archive");
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&tar).expect("room");
    let bzip2 = bzip2.finish().expect("a stream");
    for kind in ["tar.bz2", "tar.tbz2"] {
        assert_eq!(unpacked(&bzip2, kind, &small()), "f x\n", "{kind}");
    }
    for kind in ["tar.gz", "tgz"] {
        assert_eq!(unpacked(&gzipped(&tar), kind, &small()), "f x\n", "{kind}");
    }
    let xz = base64::engine::general_purpose::STANDARD.decode(XZ).expect("Base64");
    for kind in ["tar.xz", "txz"] {
        assert_eq!(unpacked(&xz, kind, &small()), "f x\n", "{kind}");
    }
    for (kind, name) in [("gz", "gzip"), ("bz2", "bzip2"), ("xz", "xz")] {
        let expected = format!("{name}-compressed files can only unarchive to a single file");
        assert_eq!(unpacked(&[], kind, &small()), expected);
    }
    for kind in ["zip", "tar.gz", "tar.bz2", "tar.xz"] {
        let error = unpacked(b"nothing of the kind, and long enough", kind, &small());
        assert!(error.starts_with("the archive cannot be read: "), "{kind}: {error}");
    }
}

#[test]
fn nothing_gets_out() {
    for name in ["../x", "a/../../x", ".."] {
        let expected = format!("entry contains '..': {name}");
        check_tar(|tar| entry(tar, EntryType::Regular, name, "", "x"), &expected);
        check_zip(
            |zip| zip.start_file(name, SimpleFileOptions::default()).expect("an entry"),
            &expected,
        );
    }
    let absolute = "entry has an absolute path: /tmp/x";
    check_tar(|tar| entry(tar, EntryType::Regular, "/tmp/x", "", "x"), absolute);
    check_tar(
        |tar| entry(tar, EntryType::Symlink, "l", "/etc/passwd", ""),
        "the package has a symbolic link, \"l\", to \"/etc/passwd\", which is outside of it",
    );
    check_tar(
        |tar| entry(tar, EntryType::Symlink, "d/l", "../../../x", ""),
        "the package has a symbolic link, \"d/l\", to \"../../../x\", which is outside of it",
    );
    check_tar(
        |tar| entry(tar, EntryType::Link, "h", "/etc/passwd", ""),
        "entry has an absolute path: /etc/passwd",
    );
    check_tar(
        |tar| entry(tar, EntryType::Link, "h", "nothing", ""),
        "entry h is a link to \"nothing\", which is not in the archive before it",
    );
}

#[test]
fn nothing_is_written_through_a_link() {
    // The link would lead out; what is said to be in it is a file of the archive.
    check_tar(
        |tar| {
            entry(tar, EntryType::Symlink, "l", "../..", "");
            entry(tar, EntryType::Regular, "l/x", "", "x");
        },
        "entry is there twice: l",
    );
    check_tar(
        |tar| {
            entry(tar, EntryType::Symlink, "l", "..", "");
            entry(tar, EntryType::Symlink, "l/m", "..", "");
        },
        "entry is there twice: l",
    );
    check_tar(
        |tar| {
            entry(tar, EntryType::Symlink, "l", "f", "");
            entry(tar, EntryType::Link, "h", "l", "");
        },
        "entry h is a link to \"l\", which is not in the archive before it",
    );
}

#[test]
fn devices_are_refused() {
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        check_tar(|tar| entry(tar, kind, "d", "", ""), "entry is no file, directory or link: d");
    }
}

#[test]
fn there_is_an_end_to_it() {
    let much = vec![0; (1 << 20) + 1];
    let too_large = "the package is larger than 1048576 bytes";
    check_zip(
        |zip| {
            zip.start_file("zeros", SimpleFileOptions::default()).expect("an entry");
            zip.write_all(&much).expect("content");
        },
        too_large,
    );
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(much.len() as u64);
    builder.append_data(&mut header, "zeros", &*much).expect("room");
    let tar = gzipped(&builder.into_inner().expect("an archive"));
    assert!(tar.len() < 1 << 14);
    assert_eq!(unpacked(&tar, "tar.gz", &small()), too_large);
    check_tar(
        |tar| (0..101).for_each(|n| entry(tar, EntryType::Directory, &format!("d{n}/"), "", "")),
        "the package has more than 100 files",
    );
}

#[test]
fn what_is_cancelled_ends() {
    let limits = small();
    limits.cancel();
    let dir = tempfile::tempdir().expect("a directory");
    let mut archive = tempfile::tempfile().expect("a file");
    archive
        .write_all(&tarball(|tar| entry(tar, EntryType::Regular, "f", "", "x")))
        .expect("content");
    archive.rewind().expect("its start");
    let error = unpack(&archive, "tgz", dir.path(), &limits).expect_err("an error");
    assert!(matches!(error, ArchiveError::Stopped(_)), "{error}");
}
