//! The conformance suite on the stores there are.

use doorstep_domain::sync::memory::MemoryStore;
use doorstep_tests::conformance::store_conformance;

#[test]
fn the_memory_store_conforms() {
    store_conformance(MemoryStore::default, |store| store);
}
