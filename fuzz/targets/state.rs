//! The codec of state files, on any bytes: no panic, and what was read is written so that it
//! reads the same again.

#![no_main]

use groma_state::v4::{compact, paths_from_json, paths_to_json, pretty, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(snapshot) = read(data) {
        // What cannot be written (a value with a mark that files have no place for) is an error.
        if let Ok(written) = write(&snapshot) {
            let again = read(&written).unwrap_or_else(|error| panic!("what we wrote: {error}"));
            let rewritten = write(&again).unwrap_or_else(|error| panic!("what we read: {error}"));
            assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&rewritten));
            assert_eq!(compact(&pretty(&compact(&written))), compact(&written));
        }
    }
    if let Some(paths) = std::str::from_utf8(data).ok().and_then(|text| paths_from_json(text).ok())
    {
        let written = paths_to_json(&paths).unwrap_or_else(|error| panic!("the paths: {error}"));
        assert_eq!(paths_from_json(&written).ok().as_ref(), Some(&paths));
    }
});
