//! What the platform's WebCrypto does for us: it verifies what tokens claim, and hashes large bodies. It does so natively,
//! which takes several times as long in WebAssembly, the more so as V8 compiles that in a hurry at first. The only file that
//! asks it.

use std::cell::RefCell;

use contract::{Digest, token::Claim};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::Result;

const ED25519: &str = "Ed25519";

/// So many bytes are hashed before a promise is made and kept.
const HASHED_HERE_BYTES_MAX: usize = 4 * 1024;

#[wasm_bindgen]
extern "C" {
    /// A key as the platform keeps it.
    #[derive(Clone)]
    type CryptoKey;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        key: &[u8],
        algorithm: &str,
        is_extractable: bool,
        usages: Vec<String>,
    ) -> Result<Promise, JsValue>;

    /// Both arrays are read before this returns.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn verify(
        algorithm: &str,
        key: &CryptoKey,
        signature: &[u8],
        message: &[u8],
    ) -> Result<Promise, JsValue>;

    /// The bytes are read before this returns.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = digest)]
    fn digest_of(algorithm: &str, bytes: &[u8]) -> Result<Promise, JsValue>;
}

thread_local! {
    /// The keys that were imported, each beside its bytes: as many as the operator lists, since tokens name no others.
    static KEYS: RefCell<Vec<([u8; 32], CryptoKey)>> = const { RefCell::new(Vec::new()) };
}

/// Whether a claim is sound. An error says nothing about it: the platform could not tell.
pub(crate) async fn is_sound(claim: &Claim<'_>) -> Result<bool> {
    let key = imported(claim.key()).await?;
    let verdict = verify(ED25519, &key, claim.signature(), claim.message())?;
    let verdict = JsFuture::from(verdict).await?;
    verdict
        .as_bool()
        .ok_or_else(|| "the platform says neither yes nor no".into())
}

/// The SHA-256 of some bytes. An error says nothing about them: the platform could not hash.
pub(crate) async fn sha256(bytes: &[u8]) -> Result<Digest> {
    if bytes.len() <= HASHED_HERE_BYTES_MAX {
        return Ok(Digest::of(bytes));
    }
    let digest = JsFuture::from(digest_of("SHA-256", bytes)?).await?;
    Digest::from_slice(&Uint8Array::new(&digest).to_vec())
        .ok_or_else(|| "the platform's SHA-256 has another length".into())
}

async fn imported(bytes: &[u8; 32]) -> Result<CryptoKey> {
    let known = |keys: &Vec<([u8; 32], CryptoKey)>| {
        let mut keys = keys.iter();
        keys.find(|(known, _)| known == bytes)
            .map(|(_, key)| key.clone())
    };
    if let Some(key) = KEYS.with_borrow(known) {
        return Ok(key);
    }
    let usages = vec!["verify".to_owned()];
    let key = JsFuture::from(import_key("raw", bytes, ED25519, false, usages)?).await?;
    let key: CryptoKey = key.unchecked_into();
    KEYS.with_borrow_mut(|keys| {
        // Others may have come while it was being imported.
        if known(keys).is_none() {
            keys.push((*bytes, key.clone()));
        }
    });
    Ok(key)
}
