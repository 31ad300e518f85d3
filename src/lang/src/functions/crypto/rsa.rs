//! RSA decryption with PKCS #1 v1.5 padding, and private keys in PEM: PKCS #1, PKCS #8 and
//! OpenSSH's own format.
//!
//! It runs where the configuration is evaluated, on the user's own key, and answers nobody who
//! could measure its time.

use num_bigint::BigUint;

use crate::functions::encoding::decode_base64;

const DATA: &str = "invalid ASN1 data in the given private key: ";

/// What decryption needs of a private key.
pub(super) struct PrivateKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl PrivateKey {
    /// Reads a key in PEM. The error is worded as Terraform's.
    pub(super) fn parse(pem: &str) -> Result<Self, String> {
        let invalid = |what: &str| format!("invalid private key: {what}");
        let (label, body, encrypted) = block(pem).ok_or_else(|| invalid("ssh: no key found"))?;
        if encrypted {
            return Err(invalid("ssh: this private key is passphrase protected"));
        }
        let key = match label {
            "RSA PRIVATE KEY" => Self::pkcs1(&body),
            "PRIVATE KEY" => Self::pkcs8(&body),
            "OPENSSH PRIVATE KEY" => {
                return Self::openssh(&body)
                    .ok_or_else(|| invalid("ssh: invalid or unsupported OpenSSH private key"));
            }
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
                return Err("invalid private key type: an RSA key is required".to_owned());
            }
            label => return Err(invalid(&format!("ssh: unsupported key type {label:?}"))),
        };
        key.ok_or_else(|| format!("{DATA}truncated tag or length"))
    }

    /// `SEQUENCE { version, modulus, publicExponent, privateExponent, … }`
    fn pkcs1(der: &[u8]) -> Option<Self> {
        let mut fields = Der(Der(der).element(0x30)?);
        fields.element(2)?;
        let modulus = BigUint::from_bytes_be(fields.element(2)?);
        fields.element(2)?;
        let exponent = BigUint::from_bytes_be(fields.element(2)?);
        Some(Self { modulus, exponent }).filter(|key| key.modulus.bits() > 0)
    }

    /// `SEQUENCE { version, algorithm, OCTET STRING { a PKCS #1 key } }`
    fn pkcs8(der: &[u8]) -> Option<Self> {
        let mut fields = Der(Der(der).element(0x30)?);
        fields.element(2)?;
        fields.element(0x30)?;
        Self::pkcs1(fields.element(4)?)
    }

    /// An unencrypted key as `ssh-keygen` writes it.
    fn openssh(body: &[u8]) -> Option<Self> {
        let mut fields = Ssh(body.strip_prefix(b"openssh-key-v1\0")?);
        let (cipher, kdf) = (fields.string()?, fields.string()?);
        if cipher != b"none" || kdf != b"none" {
            return None;
        }
        fields.string()?;
        if fields.number()? != 1 {
            return None;
        }
        fields.string()?;
        let mut private = Ssh(fields.string()?);
        if private.number()? != private.number()? || private.string()? != b"ssh-rsa" {
            return None;
        }
        let modulus = BigUint::from_bytes_be(private.string()?);
        private.string()?;
        let exponent = BigUint::from_bytes_be(private.string()?);
        Some(Self { modulus, exponent }).filter(|key| key.modulus.bits() > 0)
    }

    /// The message: what follows `00 02`, at least eight bytes that are not zero, and a zero.
    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Option<Vec<u8>> {
        let length = self.modulus.bits().div_ceil(8) as usize;
        let number = BigUint::from_bytes_be(ciphertext);
        if number >= self.modulus || length < 11 {
            return None;
        }
        let message = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        // One zero byte at the start is not there.
        if message.len() + 1 != length || message.first() != Some(&2) {
            return None;
        }
        let end = message.iter().position(|byte| *byte == 0)?;
        (end > 8).then(|| message[end + 1..].to_vec())
    }
}

/// The first block of a PEM text: its label, its bytes, and whether it says that it is encrypted.
fn block(pem: &str) -> Option<(&str, Vec<u8>, bool)> {
    let start = pem.find("-----BEGIN ")?;
    let (label, rest) = pem[start + 11..].split_once("-----")?;
    let end = rest.find(&format!("-----END {label}-----"))?;
    let body = &rest[..end];
    let encrypted = body.lines().any(|line| line.starts_with("Proc-Type:"));
    let data: String = body.lines().filter(|line| !line.contains(':')).map(str::trim).collect();
    Some((label, decode_base64(&data).ok()?, encrypted))
}

/// Elements one after another, in DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next element, which must have that tag.
    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let [found, length, rest @ ..] = self.0 else { return None };
        let (length, rest) = if *length < 0x80 {
            (usize::from(*length), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(*length & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (*found == tag).then_some(content)
    }
}

/// Fields one after another, as SSH encodes them.
struct Ssh<'a>(&'a [u8]);

impl<'a> Ssh<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (content, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }
}
