//! Writes good inputs of each decoder into its corpus, for libFuzzer to begin with.

use std::fs;
use std::io;
use std::path::Path;

use doorstep_tests::decoders::DECODERS;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for decoder in DECODERS {
        let folder = corpus.join(decoder.name);
        fs::create_dir_all(&folder)?;
        for (n, seed) in (decoder.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{n}")), seed)?;
        }
    }
    Ok(())
}
