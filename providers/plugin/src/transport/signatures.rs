//! The signatures that plugins' keys make.

use p521::ecdsa::signature::Verifier as _;
use ring::signature as ring_signature;
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// What a plugin may sign its part of a handshake with.
pub(super) const ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&P521, &P256, &P384, &RSA_SHA256, &RSA_SHA384, &RSA_SHA512, &ED25519],
    mapping: &[
        (SignatureScheme::ECDSA_NISTP521_SHA512, &[&P521]),
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[&P256]),
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[&P384]),
        (SignatureScheme::ED25519, &[&ED25519]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[&RSA_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[&RSA_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[&RSA_SHA512]),
    ],
};

const P521: Nist521 = Nist521;
const P256: Ring = Ring {
    algorithm: &ring_signature::ECDSA_P256_SHA256_ASN1,
    key: alg_id::ECDSA_P256,
    signature: alg_id::ECDSA_SHA256,
};
const P384: Ring = Ring {
    algorithm: &ring_signature::ECDSA_P384_SHA384_ASN1,
    key: alg_id::ECDSA_P384,
    signature: alg_id::ECDSA_SHA384,
};
const ED25519: Ring =
    Ring { algorithm: &ring_signature::ED25519, key: alg_id::ED25519, signature: alg_id::ED25519 };
const RSA_SHA256: Ring = Ring {
    algorithm: &ring_signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA256,
};
const RSA_SHA384: Ring = Ring {
    algorithm: &ring_signature::RSA_PKCS1_2048_8192_SHA384,
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA384,
};
const RSA_SHA512: Ring = Ring {
    algorithm: &ring_signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    key: alg_id::RSA_ENCRYPTION,
    signature: alg_id::RSA_PKCS1_SHA512,
};

/// Whether the certificate's key is one of RSA, by the identifier that it has to contain.
pub(super) fn has_rsa_key(certificate: &[u8]) -> bool {
    const RSA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    certificate.windows(RSA.len()).any(|window| window == RSA)
}

/// ECDSA on P-521, which ring does not have.
#[derive(Debug)]
struct Nist521;

impl SignatureVerificationAlgorithm for Nist521 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key =
            p521::ecdsa::VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature =
            p521::ecdsa::Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

/// What ring verifies.
#[derive(Debug)]
struct Ring {
    algorithm: &'static dyn ring_signature::VerificationAlgorithm,
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
}

impl SignatureVerificationAlgorithm for Ring {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        ring_signature::UnparsedPublicKey::new(self.algorithm, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
