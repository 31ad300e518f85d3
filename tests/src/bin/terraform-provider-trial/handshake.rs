//! What goes wrong before there are calls.
//!
//! | `TRIAL_HANDSHAKE` | What happens |
//! |---|---|
//! | `say:LINE` | that line is printed, and nothing answers |
//! | `silent` | nothing is printed |
//! | `exit` | the program ends with a panic |
//! | `closed` | the program ends once it has said how to reach it |
//! | `tcp`, `tls` | a port, or TLS without being asked: what plugins may do |
//! | `open` | a port that anybody may use |
//! | `stranger` | a certificate that is another's |

use groma_provider_plugin::serve::{Answer, Client, Listening, Network, Offer, ServeError, Tls};

use crate::{end, variable};

/// Serves, or does what was asked instead.
pub async fn serve(answer: impl Answer) -> Result<(), ServeError> {
    let kind = variable("TRIAL_HANDSHAKE").unwrap_or_default();
    let client = Client::from_env(|name| variable(name).map(Into::into))?;
    let (network, tls) = match &*kind {
        "tcp" | "open" => (Network::Tcp, Tls::WhenAsked),
        "tls" | "stranger" => (Network::Unix, Tls::Always),
        _ => (Network::Unix, Tls::WhenAsked),
    };
    let offer = Offer { network, tls };
    if let Some(line) = kind.strip_prefix("say:") {
        println!("{line}");
        return std::future::pending().await;
    }
    match &*kind {
        "silent" => return std::future::pending().await,
        "exit" => {
            eprintln!("panic: out of luck before the handshake");
            end(3);
        }
        _ => {}
    }
    // Deaf to the certificate that it was told of.
    let deaf = |name: &str| variable(name).filter(|_| name != "PLUGIN_CLIENT_CERT").map(Into::into);
    let client = if kind == "open" { Client::from_env(deaf)? } else { client };
    let listening = Listening::open(&client, offer).await?;
    if kind == "stranger" {
        let other = Listening::open(&client, offer).await?;
        let mut fields: Vec<&str> = listening.line().split('|').collect();
        let theirs = other.line().rsplit('|').next();
        fields.pop();
        fields.extend(theirs);
        println!("{}", fields.join("|"));
    } else {
        println!("{}", listening.line());
    }
    if kind == "closed" {
        return Ok(());
    }
    Ok(listening.serve(answer).await?)
}
