//! The behaviour of hashicorp/local 2.5.3, in a directory of its own.

use std::fs;
use std::path::Path;

use groma_provider_api::native::testing::Harness;
use groma_provider_api::{ApplyRequest, Factory as _, Private, Recovered, Token};
use groma_value::Value;
use serde_json::json;
use tempfile::TempDir;

const TYPE: &str = "local_file";

async fn harness() -> (TempDir, Harness) {
    let directory = TempDir::new().unwrap();
    let harness = Harness::new(&crate::factory(directory.path())).await;
    (directory, harness)
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.attr(name).and_then(Value::as_str).map_or("", |text| text.as_str())
}

#[test]
fn names_what_it_emulates() {
    let metadata = crate::factory(Path::new(".")).metadata();
    assert_eq!(metadata.source.to_string(), "registry.terraform.io/hashicorp/local");
    assert_eq!(metadata.version, "2.5.3");
}

#[tokio::test]
async fn writes_a_file_and_its_directories() {
    let (directory, harness) = harness().await;
    let config = json!({"filename": "a/b/c.txt", "content": "hello", "file_permission": "0640"});
    let file = harness.create(TYPE, &config).await.unwrap();
    let path = directory.path().join("a/b/c.txt");
    assert_eq!(fs::read_to_string(&path).unwrap(), "hello");
    assert_eq!(text(&file, "content_md5"), "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(text(&file, "id"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    assert_eq!(text(&file, "content_sha1"), text(&file, "id"));
    assert_eq!(text(&file, "content_base64sha256"), "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    assert_eq!(text(&file, "content_sha512").len(), 128);
    assert_eq!(text(&file, "directory_permission"), "0777");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "a draft was left");
    assert!(harness.read(TYPE, &file).await.unwrap().raw_equals(&file));
    let gone = harness.apply(TYPE, &file, &harness.none(TYPE)).await.unwrap();
    assert!(gone.is_null() && !path.exists());
    harness.apply(TYPE, &file, &harness.none(TYPE)).await.unwrap();
}

#[tokio::test]
async fn takes_content_from_everywhere() {
    let (directory, harness) = harness().await;
    fs::write(directory.path().join("from"), [0xff, 0]).unwrap();
    for (config, content) in [
        (json!({"filename": "f", "content_base64": "AAE="}), vec![0, 1]),
        (json!({"filename": "f", "source": "from"}), vec![0xff, 0]),
        (json!({"filename": "f", "sensitive_content": "s"}), vec![b's']),
        (json!({"filename": "f", "content": ""}), vec![]),
    ] {
        harness.create(TYPE, &config).await.unwrap();
        assert_eq!(fs::read(directory.path().join("f")).unwrap(), content);
    }
    let secret = json!({"filename": "g", "content": "s"});
    let secret = harness.create("local_sensitive_file", &secret).await.unwrap();
    assert_eq!(text(&secret, "file_permission"), "0700");
    assert_eq!(
        harness.create(TYPE, &json!({"filename": "h", "source": "none"})).await.unwrap_err().len(),
        1
    );
    assert!(!directory.path().join("h").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn writes_through_links() {
    let (directory, harness) = harness().await;
    let target = directory.path().join("target");
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, directory.path().join("link")).unwrap();
    harness.create(TYPE, &json!({"filename": "link", "content": "new"})).await.unwrap();
    assert_eq!(fs::read_to_string(target).unwrap(), "new");
}

#[tokio::test]
async fn a_file_that_changed_is_gone() {
    let (directory, harness) = harness().await;
    let file = harness.create(TYPE, &json!({"filename": "f", "content": "a"})).await.unwrap();
    fs::write(directory.path().join("f"), "b").unwrap();
    assert!(harness.read(TYPE, &file).await.unwrap().is_null());
    fs::remove_file(directory.path().join("f")).unwrap();
    assert!(harness.read(TYPE, &file).await.unwrap().is_null());
}

#[tokio::test]
async fn every_change_replaces() {
    let (_directory, harness) = harness().await;
    let file = harness.create(TYPE, &json!({"filename": "f", "content": "a"})).await.unwrap();
    let replaced = async |json| {
        let planned = harness.plan(TYPE, &file, &harness.config(TYPE, &json)).await;
        planned.requires_replace.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(replaced(json!({"filename": "f", "content": "a"})).await, [""; 0]);
    assert_eq!(replaced(json!({"filename": "g", "content": "b"})).await, [".content", ".filename"]);
    assert_eq!(
        replaced(json!({"filename": "f", "content": "a", "file_permission": "0600"})).await,
        [".file_permission"]
    );
}

#[tokio::test]
async fn configurations_are_checked() {
    let (_directory, harness) = harness().await;
    let check = async |ty, json| harness.validate(ty, &json).await;
    assert_eq!(check(TYPE, json!({"filename": "f", "content": "a"})).await, [""; 0]);
    let none = check("local_sensitive_file", json!({"filename": "f"})).await;
    assert_eq!(
        none[0],
        "error: Invalid Attribute Combination: No attribute specified when one (and only one) of \
         [content_base64,source] is required (.content)"
    );
    assert_eq!(none.len(), 3);
    let two = check(TYPE, json!({"filename": "f", "content": "a", "source": "b"})).await;
    assert_eq!(
        two[0],
        "error: Invalid Attribute Combination: 2 attributes specified when one (and only one) of \
         [content_base64,source,sensitive_content] is required (.content)"
    );
    let modes = json!({"filename": "f", "content": "a", "file_permission": "888",
                       "directory_permission": "7"});
    assert_eq!(
        check(TYPE, modes).await,
        [
            "error: Invalid File Permission String Value: bad mode permission: string must be \
             expressed in octal numeric notation: 888 (.file_permission)",
            "error: Invalid File Permission String Value: bad mode permission: string length \
             should be 3 or 4 digits: 7 (.directory_permission)",
        ]
    );
    let old = check(TYPE, json!({"filename": "f", "sensitive_content": "a"})).await;
    assert_eq!(
        old,
        ["warning: Attribute Deprecated: Use the `local_sensitive_file` resource instead \
          (.sensitive_content)"]
    );
}

#[tokio::test]
async fn data_sources_read() {
    let (directory, harness) = harness().await;
    fs::write(directory.path().join("f"), b"a\xff").unwrap();
    for ty in ["local_file", "local_sensitive_file"] {
        let read = harness.read_data(ty, &json!({"filename": "f"})).await.unwrap();
        assert_eq!(text(&read, "content"), "a\u{fffd}");
        assert_eq!(text(&read, "content_base64"), "Yf8=");
    }
    let problem = harness.read_data(TYPE, &json!({"filename": "g"})).await.unwrap_err();
    assert!(problem[0].starts_with("error: Read local file data source error: The file at given"));
}

#[tokio::test]
async fn directories_are_found() {
    let (directory, harness) = harness().await;
    fs::write(directory.path().join("f"), "").unwrap();
    let call = async |path: &str| harness.provider().call("direxists", &[path.into()]).await;
    assert_eq!(call(".").await.unwrap().as_bool(), Some(true));
    assert_eq!(call("none").await.unwrap().as_bool(), Some(false));
    assert_eq!(
        call("f").await.unwrap_err(),
        (Some(0), "Invalid file mode detected: \"f\" was found, but is not a directory".to_owned())
    );
}

#[tokio::test]
async fn lost_calls_are_found_by_looking() {
    let (directory, harness) = harness().await;
    let config = harness.config(TYPE, &json!({"filename": "f", "content": "a"}));
    let planned = harness.plan(TYPE, &harness.none(TYPE), &config).await.value.unwrap();
    let mut lost = ApplyRequest {
        ty: TYPE.into(),
        prior: harness.none(TYPE),
        planned,
        config,
        private: Private::default(),
        identity: None,
        meta: None,
        token: Token("t".to_owned()),
    };
    let recovered = async |lost: &ApplyRequest| harness.provider().recover(lost).await.unwrap();
    assert!(matches!(recovered(&lost).await, Recovered::Nothing));
    fs::write(directory.path().join("f"), "a").unwrap();
    let Recovered::Found(found) = recovered(&lost).await else { panic!("not found") };
    assert!(found.value.is_wholly_known());
    (lost.prior, lost.planned) = (found.value, lost.prior);
    assert!(matches!(recovered(&lost).await, Recovered::Nothing));
    fs::remove_file(directory.path().join("f")).unwrap();
    assert!(matches!(recovered(&lost).await, Recovered::Found(gone) if gone.value.is_null()));
}
