//! OpenPGP signatures of lists of checksums: whose they are.
//!
//! A registry names the keys that may have signed a release. HashiCorp's own key is known by its
//! fingerprint; a partner's key comes with a signature by HashiCorp's key for partners, which is
//! part of this program. Everybody else signs for themselves. As with Terraform, a key that has
//! expired since goes on to vouch for what it has signed.

use std::io::{BufReader, Read as _};

use pgp::armor::Dearmor;
use pgp::composed::{Deserializable as _, DetachedSignature, SignedPublicKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, VerifyingKey};
use serde::Deserialize;

/// `HashiCorp Security (hashicorp.com/security)`
const HASHICORP: &str = "c874011f0ab405110d02105534365d9472d7468f";
/// `HashiCorp Security (Terraform Partner Signing)`
const PARTNERS: &str = include_str!("partners.asc");
/// More than any key has.
const MAX_KEY: u64 = 1 << 20;

/// Who has signed a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// HashiCorp.
    HashiCorp,
    /// Somebody whose key, with this identifier, HashiCorp vouches for.
    Partner(String),
    /// The owner of the key with this identifier.
    Own(String),
}

/// A key that may have signed a release.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SigningKey {
    /// In armor.
    #[serde(default)]
    ascii_armor: String,
    /// By HashiCorp's key for partners over the key, in armor.
    #[serde(default)]
    trust_signature: String,
}

/// Who has signed a document.
///
/// # Errors
/// None of the keys' owners has, in Terraform's words.
pub(super) fn signer(
    document: &[u8],
    signature: &[u8],
    keys: &[SigningKey],
) -> Result<Signer, String> {
    for key in keys {
        let ring = ring(&key.ascii_armor)
            .map_err(|error| format!("error decoding signing key: {error}"))?;
        let checked = check(&ring, document, signature)
            .map_err(|error| format!("error checking signature: {error}"))?;
        let Some(owner) = checked else { continue };
        let fingerprint = format!("{:x}", owner.fingerprint());
        if fingerprint == HASHICORP {
            return Ok(Signer::HashiCorp);
        }
        let id = format!("{:X}", owner.fingerprint()).split_off(fingerprint.len() - 16);
        if key.trust_signature.is_empty() {
            return Ok(Signer::Own(id));
        }
        return vouched_for(key).map(|()| Signer::Partner(id));
    }
    Err("authentication signature from unknown issuer".to_owned())
}

/// Checks that HashiCorp vouches for a key.
fn vouched_for(key: &SigningKey) -> Result<(), String> {
    let dearmored = |armored: &str, what: &str| {
        let mut bytes = Vec::new();
        let read =
            Dearmor::new(BufReader::new(armored.as_bytes())).take(MAX_KEY).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|error| format!("error decoding {what}: {error}"))
    };
    let content = dearmored(&key.ascii_armor, "signing key")?;
    let signature = dearmored(&key.trust_signature, "trust signature")?;
    let partners = ring(PARTNERS)
        .map_err(|error| format!("error decoding HashiCorp partners key: {error}"))?;
    match check(&partners, &content, &signature) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => {
            Err("error verifying trust signature: openpgp: signature made by unknown entity".into())
        }
        Err(error) => Err(format!("error verifying trust signature: {error}")),
    }
}

fn ring(armored: &str) -> Result<Vec<SignedPublicKey>, pgp::errors::Error> {
    let limited = armored.as_bytes().take(MAX_KEY);
    let (keys, _) = SignedPublicKey::from_armor_many(limited)?;
    keys.collect()
}

/// The key that a signature over a document is by; none, if it is by another.
///
/// # Errors
/// It is no signature, or not over this document.
fn check<'k>(
    ring: &'k [SignedPublicKey],
    document: &[u8],
    signatures: &[u8],
) -> Result<Option<&'k SignedPublicKey>, String> {
    let all = DetachedSignature::from_bytes_many(signatures).map_err(|error| error.to_string())?;
    for signature in all {
        let signature = signature.map_err(|error| error.to_string())?.signature;
        for key in ring {
            if is_issuer(&signature, &key.primary_key) {
                usable(&signature, key)?;
                certified(key)?;
                return verified(&signature, &key.primary_key, document).map(|()| Some(key));
            }
            let mut subkeys = key.public_subkeys.iter();
            if let Some(subkey) = subkeys.find(|subkey| is_issuer(&signature, &subkey.key)) {
                usable(&signature, key)?;
                // A key that was only put beside somebody's is not theirs.
                subkey.verify_bindings(&key.primary_key).map_err(|error| error.to_string())?;
                let signing = |s: &&Signature| s.typ() == Some(SignatureType::SubkeyBinding);
                let mut bindings = subkey.signatures.iter().filter(signing);
                if !bindings.any(|binding| binding.key_flags().sign()) {
                    continue;
                }
                if subkey
                    .signatures
                    .iter()
                    .any(|s| s.typ() == Some(SignatureType::SubkeyRevocation))
                {
                    return Err("openpgp: signature made by revoked key".to_owned());
                }
                return verified(&signature, &subkey.key, document).map(|()| Some(key));
            }
        }
    }
    Ok(None)
}

fn is_issuer(signature: &Signature, key: &impl KeyDetails) -> bool {
    signature.issuer_fingerprint().contains(&&key.fingerprint())
        || signature.issuer_key_id().contains(&&key.legacy_key_id())
}

/// Whether a signature is of a kind that documents have, and by a key that may still be used.
fn usable(signature: &Signature, key: &SignedPublicKey) -> Result<(), String> {
    if !matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text)) {
        return Err("openpgp: the signature is not one over a document".to_owned());
    }
    let strong = [
        HashAlgorithm::Sha224,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
        HashAlgorithm::Sha3_256,
        HashAlgorithm::Sha3_512,
    ];
    if !signature.hash_alg().is_some_and(|hash| strong.contains(&hash)) {
        return Err("openpgp: the signature's hash algorithm is too weak".to_owned());
    }
    let mut revocations = key.details.revocation_signatures.iter();
    if revocations.any(|revocation| revocation.verify_key(&key.primary_key).is_ok()) {
        return Err("openpgp: signature made by revoked key".to_owned());
    }
    Ok(())
}

/// Whether a key's owner says that it is theirs.
fn certified(key: &SignedPublicKey) -> Result<(), String> {
    key.details.verify_bindings(&key.primary_key).map_err(|error| error.to_string())
}

fn verified(
    signature: &Signature,
    key: &(impl VerifyingKey + Serialize),
    document: &[u8],
) -> Result<(), String> {
    signature.verify(key, document).map_err(|error| format!("openpgp: invalid signature: {error}"))
}

#[cfg(test)]
mod tests {
    use groma_tests::registry::Key;

    use super::*;

    fn signing(key: &Key) -> SigningKey {
        SigningKey { ascii_armor: key.armored(), trust_signature: String::new() }
    }

    #[test]
    fn are_by_one_of_the_keys() {
        let (ours, other) = (Key::new(), Key::new());
        let signature = ours.sign(b"document");
        let keys = [signing(&other), signing(&ours)];
        assert_eq!(signer(b"document", &signature, &keys), Ok(Signer::Own(ours.id())));
        let unknown = Err("authentication signature from unknown issuer".to_owned());
        assert_eq!(signer(b"document", &signature, &keys[..1]), unknown);
        assert_eq!(signer(b"document", &[], &keys), unknown);
        assert_eq!(signer(b"document", &signature, &[]), unknown);
    }

    #[test]
    fn are_over_the_document() {
        let key = Key::new();
        let keys = [signing(&key)];
        let signature = key.sign(b"another");
        let error = signer(b"document", &signature, &keys).expect_err("an error");
        assert!(error.starts_with("error checking signature: openpgp: invalid"), "{error}");
        let error = signer(b"document", b"garbage", &keys).expect_err("an error");
        assert!(error.starts_with("error checking signature: "), "{error}");
        let mut broken = key.sign(b"document");
        broken.truncate(20);
        let error = signer(b"document", &broken, &keys).expect_err("an error");
        assert!(error.starts_with("error checking signature: "), "{error}");
    }

    #[test]
    fn need_keys_that_are_keys() {
        let key = SigningKey { ascii_armor: "x".to_owned(), trust_signature: String::new() };
        let error = signer(b"", b"", &[key]).expect_err("an error");
        assert!(error.starts_with("error decoding signing key: "), "{error}");
    }

    /// Only HashiCorp's key for partners makes a partner.
    #[test]
    fn partners_are_vouched_for() {
        let key = Key::new();
        let signature = key.sign(b"document");
        let trusted = |trust_signature: String| {
            let keys = [SigningKey { trust_signature, ..signing(&key) }];
            signer(b"document", &signature, &keys).expect_err("an error")
        };
        let error = trusted("junk".to_owned());
        assert!(error.starts_with("error decoding trust signature: "), "{error}");
        let error = trusted(key.sign_armored(b"whatever"));
        let unknown = "error verifying trust signature: openpgp: signature made by unknown entity";
        assert_eq!(error, unknown);
    }

    #[test]
    fn the_key_for_partners_is_whole() {
        let ring = ring(PARTNERS).expect("a key");
        let fingerprint = format!("{:x}", ring[0].fingerprint());
        assert_eq!(fingerprint, "51890657c5acdb4b823086567d72d4268e4660fc");
        certified(&ring[0]).expect("certified by itself");
    }
}
