//! Plans without a change through the real provider for AWS: the same binary under both tools, with
//! the default settings of each.
//!
//! | What | at most |
//! |---|---|
//! | 6 resources on moto: what a plan costs by itself | 0.5 × terraform |
//! | 300 on moto, which answers one call after the other | 1.0 × |
//! | 200 on a cloud that takes 100 ms for a call | 0.2 × |

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Measured, measure, median_of, slow_cloud};
use crate::parts;

/// One comparison.
struct Comparison {
    what: &'static str,
    resources: String,
    /// Where the provider finds its cloud.
    endpoint: String,
    /// Times that each tool plans, in turns.
    runs: usize,
    /// How much of the other's time it may take.
    most: f64,
}

/// The programs and where they find providers.
struct Tools<'a> {
    groma: &'a Path,
    terraform: &'a Path,
    /// The CLI configuration file of both.
    config: PathBuf,
}

/// Prints the comparisons; an error, if one takes too long.
pub(super) fn table(dir: &Path, groma: &Path, terraform: &Path) -> Result<(), String> {
    parts::fetch()?;
    let config = dir.join("plugins.tfrc");
    let mirror = parts::mirror()?;
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n",
        mirror.display()
    );
    fs::write(&config, text).map_err(|error| error.to_string())?;
    let tools = Tools { groma, terraform, config };
    let moto = Moto::start(&parts::moto()?)?;
    let slow = slow_cloud::start().map_err(|error| error.to_string())?;
    let comparisons = [
        Comparison {
            what: "6 on moto",
            resources: six(),
            endpoint: moto.endpoint(),
            runs: 7,
            most: 0.5,
        },
        Comparison {
            what: "300 on moto",
            resources: three_hundred(),
            endpoint: moto.endpoint(),
            runs: 3,
            most: 1.0,
        },
        Comparison {
            what: "200 at 100 ms a call",
            resources: networks(200),
            endpoint: slow,
            runs: 3,
            most: 0.2,
        },
    ];
    println!("\n| Plan without a change | groma | terraform | of terraform's time | at most |");
    println!("|---|---|---|---|---|");
    let mut slower = Vec::new();
    for (at, comparison) in comparisons.iter().enumerate() {
        let (ours, theirs) = comparison.run(&dir.join(format!("aws{at}")), &tools)?;
        let share = ours.wall / theirs.wall;
        let cell = |m: Measured| format!("{:.2} s ({:.2} s cpu)", m.wall, m.cpu);
        let Comparison { what, most, .. } = comparison;
        println!("| {what} | {} | {} | {share:.2}× | {most:.1}× |", cell(ours), cell(theirs));
        if share > *most {
            slower.push(*what);
        }
    }
    if slower.is_empty() { Ok(()) } else { Err(format!("too slow: {}", slower.join(", "))) }
}

impl Comparison {
    /// Makes the resources with terraform, and has both tools plan them.
    fn run(&self, dir: &Path, tools: &Tools<'_>) -> Result<(Measured, Measured), String> {
        let (here, there) = (dir.join("groma"), dir.join("terraform"));
        let text = format!("{}{}", provider(&self.endpoint), self.resources);
        for work in [&here, &there] {
            fs::create_dir_all(work).map_err(|error| error.to_string())?;
            fs::write(work.join("main.tf"), &text).map_err(|error| error.to_string())?;
        }
        let config = &tools.config;
        measure(tools.terraform, &["init"], &there, config)?;
        let apply = ["apply", "-auto-approve", "-parallelism=50"];
        measure(tools.terraform, &apply, &there, config)?;
        let state = "terraform.tfstate";
        fs::copy(there.join(state), here.join(state)).map_err(|error| error.to_string())?;
        measure(tools.groma, &["init", "-migrate-state"], &here, config)?;
        // One that would change something ends with another code, and is none.
        let plan = ["plan", "-detailed-exitcode"];
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            ours.push(measure(tools.groma, &plan, &here, config)?);
            theirs.push(measure(tools.terraform, &plan, &there, config)?);
        }
        Ok((median_of(ours)?, median_of(theirs)?))
    }
}

fn provider(endpoint: &str) -> String {
    format!(
        "terraform {{
  required_providers {{
    aws = {{ source = \"hashicorp/aws\", version = \"3.39.0\" }}
  }}
}}

provider \"aws\" {{
  region                      = \"us-east-1\"
  access_key                  = \"any\"
  secret_key                  = \"any\"
  skip_credentials_validation = true
  skip_get_ec2_platforms      = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  endpoints {{
    ec2 = {endpoint:?}
  }}
}}
"
    )
}

fn network() -> String {
    "
resource \"aws_vpc\" \"main\" {
  cidr_block = \"10.0.0.0/16\"
}
"
    .to_owned()
}

fn networks(count: usize) -> String {
    format!(
        "
resource \"aws_vpc\" \"many\" {{
  count      = {count}
  cidr_block = \"10.0.0.0/16\"
}}
"
    )
}

fn six() -> String {
    network()
        + "
resource \"aws_subnet\" \"main\" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource \"aws_internet_gateway\" \"main\" {
  vpc_id = aws_vpc.main.id
}

resource \"aws_route_table\" \"main\" {
  vpc_id = aws_vpc.main.id
}

resource \"aws_security_group\" \"main\" {
  name   = \"main\"
  vpc_id = aws_vpc.main.id
}
"
}

fn three_hundred() -> String {
    format!(
        "{}
resource \"aws_subnet\" \"many\" {{
  count      = 100
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}}

resource \"aws_security_group\" \"many\" {{
  count  = 100
  name   = \"many-${{count.index}}\"
  vpc_id = aws_vpc.main.id
}}
{KEY}{}",
        network(),
        keys(99)
    )
}

const KEY: &str = "
locals {
  key = \"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3F6tyPEFEzV0LX3X8BsXdMsQz1x2cEikKDEY0aIj41qgxMCP/iteneqXSIFZBp5vizPvaoIR3Um9xK7PGoW8giupGn+EPuxIA4cDM4vzOqOkiMPhz5XK0whEjkVzTo4+S0puvDZuwIsdiW9mxhJc7tgBNL0cYlWSYVkz4G/fslNfRPW5mYAM49f4fhtxPb5ok4Q2Lg9dPKVHO/Bgeu5woMc7RY0p1ej6D4CKFE6lymSDJpW0YHX/wqE9+cfEauh7xZcG0q9t2ta6F6fmX0agvpFyZo8aFbXeUBr7osSCJNgvavWbM/06niWrOvYX2xwWdhXmXSrbX8ZbabVohBK41 bench\"
}
";

fn keys(count: usize) -> String {
    format!(
        "
resource \"aws_key_pair\" \"many\" {{
  count      = {count}
  key_name   = \"many-${{count.index}}\"
  public_key = local.key
}}
"
    )
}

/// moto, which plays AWS. Ends with this.
struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts it, and waits until it takes connections.
    fn start(python: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| error.to_string())?.port();
        let process = Command::new(python)
            .args(["-c", "import sys, moto.server; moto.server.main(sys.argv[1:])", "-p"])
            .arg(port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        let mut moto = Self { process, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = moto.process.try_wait() {
                return Err(format!("moto ended with {status}"));
            }
            #[expect(clippy::disallowed_methods, reason = "nothing tells when it listens")]
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Ok(moto)
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
