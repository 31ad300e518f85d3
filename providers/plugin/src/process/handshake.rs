//! The line that a plugin prints when it listens (go-plugin's handshake).

use std::net::SocketAddr;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::rpc::Protocol;

/// What a plugin must find in its environment, lest somebody run it by hand.
pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// The versions that this side speaks.
pub(crate) const VERSIONS: (&str, &str) = ("PLUGIN_PROTOCOL_VERSIONS", "5,6");

/// Where a plugin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub(crate) protocol: Protocol,
    pub(crate) address: Address,
    /// DER of the certificate that the plugin serves with, where it wants TLS.
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Handshake {
    /// Whether others on this machine can connect, too. A socket is in a directory that only this
    /// user enters.
    pub(crate) const fn is_open_to_others(&self) -> bool {
        matches!(self.address, Address::Tcp(_))
    }
}

/// Why a line is no handshake that this side can go on from.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("it printed {0:?} where a plugin says how to reach it")]
    NoHandshake(String),
    #[error("it speaks version {0} of go-plugin's handshake, and only version 1 is known")]
    CoreVersion(String),
    #[error(
        "it speaks version {0} of the provider protocol, and only 5 and 6 are supported: a newer \
         version of the provider may do"
    )]
    Protocol(String),
    #[error("it serves {0:?}, and only gRPC is supported: a newer version of the provider may do")]
    Transport(String),
    #[error("it listens at {0:?}, which is no address of a kind that is known")]
    Address(String),
    #[error("the certificate that it sent is not in base64")]
    Certificate,
}

/// Reads `1|6|unix|/tmp/plugin1|grpc|CERTIFICATE`, of which the last may be absent.
pub(crate) fn parse(line: &str) -> Result<Handshake, HandshakeError> {
    let line = line.trim();
    let shown = || HandshakeError::NoHandshake(line.chars().take(200).collect());
    let mut fields = line.split('|');
    let mut next = || fields.next();
    let (Some(core), Some(protocol), Some(network), Some(address)) =
        (next(), next(), next(), next())
    else {
        return Err(shown());
    };
    if core.parse::<u32>().is_err() {
        return Err(shown());
    }
    if core != "1" {
        return Err(HandshakeError::CoreVersion(core.to_owned()));
    }
    let protocol = match protocol {
        "5" => Protocol::V5,
        "6" => Protocol::V6,
        other => return Err(HandshakeError::Protocol(other.to_owned())),
    };
    let address = match network {
        "unix" if address.starts_with('/') => Address::Unix(PathBuf::from(address)),
        "tcp" => {
            let parsed = address.parse::<SocketAddr>().ok().filter(|to| to.ip().is_loopback());
            Address::Tcp(parsed.ok_or_else(|| HandshakeError::Address(address.to_owned()))?)
        }
        _ => return Err(HandshakeError::Address(format!("{network}:{address}"))),
    };
    // Plugins from before gRPC leave it out.
    match next().unwrap_or("netrpc") {
        "grpc" => {}
        other => return Err(HandshakeError::Transport(other.to_owned())),
    }
    let certificate = match next().unwrap_or_default() {
        "" => None,
        text => Some(decode(text).ok_or(HandshakeError::Certificate)?),
    };
    Ok(Handshake { protocol, address, certificate })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).or_else(|_| STANDARD.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::{Address, Handshake, HandshakeError, parse};
    use crate::rpc::Protocol;

    #[test]
    fn reads_what_plugins_print() {
        let unix = Address::Unix("/tmp/plugin1".into());
        let plain = Handshake { protocol: Protocol::V5, address: unix, certificate: None };
        assert_eq!(parse("1|5|unix|/tmp/plugin1|grpc"), Ok(plain.clone()));
        assert_eq!(parse("1|5|unix|/tmp/plugin1|grpc|\n"), Ok(plain.clone()));
        let tls = Handshake { certificate: Some(b"der!".to_vec()), ..plain };
        assert_eq!(parse("1|5|unix|/tmp/plugin1|grpc|ZGVyIQ"), Ok(tls.clone()));
        assert_eq!(parse("1|5|unix|/tmp/plugin1|grpc|ZGVyIQ==|true"), Ok(tls));
        let tcp = Address::Tcp(([127, 0, 0, 1], 1234).into());
        let tcp = Handshake { protocol: Protocol::V6, address: tcp, certificate: None };
        assert_eq!(parse("1|6|tcp|127.0.0.1:1234|grpc"), Ok(tcp));
    }

    #[test]
    fn refuses_by_name_what_it_cannot_speak() {
        let refused = |line: &str| parse(line).unwrap_err();
        assert_eq!(refused("hello"), HandshakeError::NoHandshake("hello".into()));
        assert_eq!(refused("a|b|c|d"), HandshakeError::NoHandshake("a|b|c|d".into()));
        assert_eq!(refused("2|5|unix|/x|grpc"), HandshakeError::CoreVersion("2".into()));
        assert_eq!(refused("1|4|unix|/x|grpc"), HandshakeError::Protocol("4".into()));
        assert_eq!(refused("1|5|unix|/x"), HandshakeError::Transport("netrpc".into()));
        assert_eq!(refused("1|5|unix|x|grpc"), HandshakeError::Address("unix:x".into()));
        assert_eq!(refused("1|5|tcp|8.8.8.8:1|grpc"), HandshakeError::Address("8.8.8.8:1".into()));
        assert_eq!(refused("1|5|unix|/x|grpc|*"), HandshakeError::Certificate);
    }
}
