//! A provider registry and a network mirror on loopback, for made-up providers with real programs
//! in them.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use pgp::composed::{
    ArmorOptions, Deserializable as _, DetachedSignature, KeyType, SecretKeyParamsBuilder,
    SignedPublicKey, SignedSecretKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, Password};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::server::{Answer, Server};

/// A key that releases are signed with.
pub struct Key(SignedSecretKey);

impl Key {
    /// A new one.
    ///
    /// # Panics
    /// There is no randomness.
    pub fn new() -> Self {
        let params = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id("Releases <releases@example.test>".to_owned())
            .build()
            .expect("parameters");
        Self(params.generate(rand::thread_rng()).expect("a key"))
    }

    /// Its identifier, as it is printed.
    pub fn id(&self) -> String {
        self.0.primary_key.legacy_key_id().to_string().to_uppercase()
    }

    /// Its public part, in armor.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn armored(&self) -> String {
        let public = SignedPublicKey::from(self.0.clone());
        public.to_armored_string(ArmorOptions::default()).expect("text")
    }

    /// A detached signature.
    ///
    /// # Panics
    /// It cannot be made.
    pub fn sign(&self, content: &[u8]) -> Vec<u8> {
        let signature = DetachedSignature::sign_binary_data(
            rand::thread_rng(),
            &self.0.primary_key,
            &Password::empty(),
            HashAlgorithm::Sha256,
            content,
        );
        signature.expect("a signature").to_bytes().expect("bytes")
    }

    /// The same in armor.
    ///
    /// # Panics
    /// It cannot be made.
    pub fn sign_armored(&self, content: &[u8]) -> String {
        let signature = DetachedSignature::from_bytes(&*self.sign(content)).expect("a signature");
        signature.to_armored_string(ArmorOptions::default()).expect("text")
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

/// What the server answers, by path.
type Paths = Arc<Mutex<BTreeMap<String, Answer>>>;

/// A registry, up to the end of its life.
pub struct Registry {
    /// The server.
    pub server: Server,
    /// What releases are signed with.
    pub key: Key,
    paths: Paths,
    index: BTreeMap<String, Vec<Value>>,
}

impl Registry {
    /// An empty registry.
    ///
    /// # Panics
    /// The machine has no loopback.
    pub fn start() -> Self {
        let paths = Paths::default();
        let serving = Arc::clone(&paths);
        let server = Server::start(move |request| {
            let paths = serving.lock().unwrap_or_else(PoisonError::into_inner);
            paths.get(&request.path).cloned().unwrap_or_else(|| Answer::status(404))
        });
        let registry = Self { server, key: Key::new(), paths, index: BTreeMap::new() };
        let services = json!({ "providers.v1": "/v1/providers/" });
        registry.set("/.well-known/terraform.json", Answer::json(&services));
        registry
    }

    /// Answers so from now on, whatever it was before.
    pub fn set(&self, path: &str, answer: Answer) {
        self.paths().insert(path.to_owned(), answer);
    }

    /// What is answered now.
    pub fn answer(&self, path: &str) -> Answer {
        self.paths().get(path).cloned().unwrap_or_else(|| Answer::status(404))
    }

    /// Changes what is answered in JSON.
    ///
    /// # Panics
    /// Nothing is, or no JSON.
    pub fn edit(&self, path: &str, change: impl FnOnce(&mut Value)) {
        let mut paths = self.paths();
        let answer = paths.get(path).unwrap_or_else(|| panic!("{path} is not there"));
        let mut value = serde_json::from_slice(answer.body()).expect("JSON");
        change(&mut value);
        paths.insert(path.to_owned(), Answer::json(&value));
    }

    fn paths(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Answer>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of what the registry says of a package.
    pub fn package_path(source: &str, version: &str, platform: &str) -> String {
        let (os, arch) = platform.split_once('_').unwrap_or((platform, ""));
        format!("/v1/providers/{source}/{version}/download/{os}/{arch}")
    }

    /// Publishes a version of `NAMESPACE/TYPE` with a package for each platform, in the registry
    /// and, as one of `host`, in the network mirror.
    ///
    /// # Panics
    /// The source has no slash.
    pub fn publish(&mut self, source: &str, version: &str, platforms: &[&str], program: &[u8]) {
        let (_, ty) = source.split_once('/').expect("NAMESPACE/TYPE");
        let base = format!("/files/{source}/");
        let stem = format!("terraform-provider-{ty}_{version}");
        let mut sums = String::new();
        let mut archives = serde_json::Map::new();
        for platform in platforms {
            let file = format!("{stem}_{platform}.zip");
            let program_name = format!("terraform-provider-{ty}_v{version}");
            let archive = archive(&program_name, program, platform);
            let sum = hex(&Sha256::digest(&archive));
            sums += &format!("{sum}  {file}\n");
            let url = format!("{base}{file}");
            archives.insert((*platform).to_owned(), json!({ "url": url }));
            self.set(&url, Answer::ok(archive));
            let (os, arch) = platform.split_once('_').expect("OS_ARCH");
            let key = json!({ "key_id": self.key.id(), "ascii_armor": self.key.armored() });
            let about = json!({
                "protocols": ["5.0"],
                "os": os,
                "arch": arch,
                "filename": file,
                "download_url": url,
                "shasums_url": format!("{base}{stem}_SHA256SUMS"),
                "shasums_signature_url": format!("{base}{stem}_SHA256SUMS.sig"),
                "shasum": sum,
                "signing_keys": { "gpg_public_keys": [key] },
            });
            self.set(&Self::package_path(source, version, platform), Answer::json(&about));
        }
        self.sign(source, version, &sums);
        let host = "registry.example.test";
        let mirrored = format!("/mirror/{host}/{source}/{version}.json");
        self.set(&mirrored, Answer::json(&json!({ "archives": archives })));
        let about = json!({ "version": version, "protocols": ["5.0"] });
        self.index.entry(source.to_owned()).or_default().push(about);
        let versions = json!({ "id": source, "versions": self.index.get(source) });
        self.set(&format!("/v1/providers/{source}/versions"), Answer::json(&versions));
        let known = self.index.get(source).into_iter().flatten();
        let known = known.filter_map(|about| about.get("version")?.as_str());
        let known: serde_json::Map<String, Value> =
            known.map(|version| (version.to_owned(), json!({}))).collect();
        let index = json!({ "versions": known });
        self.set(&format!("/mirror/{host}/{source}/index.json"), Answer::json(&index));
    }

    /// Publishes a version's list of checksums, signed.
    ///
    /// # Panics
    /// The source has no slash.
    pub fn sign(&self, source: &str, version: &str, sums: &str) {
        let path = Self::sums_path(source, version);
        self.set(&format!("{path}.sig"), Answer::ok(self.key.sign(sums.as_bytes())));
        self.set(&path, Answer::ok(sums));
    }

    /// The path of a version's list of checksums.
    ///
    /// # Panics
    /// The source has no slash.
    pub fn sums_path(source: &str, version: &str) -> String {
        let (_, ty) = source.split_once('/').expect("NAMESPACE/TYPE");
        format!("/files/{source}/terraform-provider-{ty}_{version}_SHA256SUMS")
    }

    /// The path of an archive.
    ///
    /// # Panics
    /// The source has no slash.
    pub fn archive_path(source: &str, version: &str, platform: &str) -> String {
        let (_, ty) = source.split_once('/').expect("NAMESPACE/TYPE");
        format!("/files/{source}/terraform-provider-{ty}_{version}_{platform}.zip")
    }
}

/// An archive with a program, and a file besides.
///
/// # Panics
/// There is no memory.
pub fn archive(name: &str, program: &[u8], platform: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let entries = [(name, program, 0o755), ("docs/README.md", platform.as_bytes(), 0o644)];
    for (name, content, mode) in entries {
        let options = SimpleFileOptions::default().unix_permissions(mode);
        archive.start_file(name, options).expect("an entry");
        archive.write_all(content).expect("content");
    }
    archive.finish().expect("an archive").into_inner()
}

/// In lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
