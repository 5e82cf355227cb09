//! Checks the vectors where it runs, names those that do not hold, and counts:
//! `vectors: N passed, N failed`. `cargo xtask vectors` runs it in WebAssembly.

use doorstep_vectors::check;

fn main() {
    let checked = check();
    let (held, broken): (Vec<_>, Vec<_>) = checked.iter().partition(|it| it.holds);
    for vector in &broken {
        say(&format!("FAILED {}", vector.name));
    }
    say(&format!(
        "vectors: {} passed, {} failed",
        held.len(),
        broken.len()
    ));
}

#[cfg(target_arch = "wasm32")]
use console::log as say;

#[cfg(not(target_arch = "wasm32"))]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(target_arch = "wasm32")]
mod console {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        /// Writes a line.
        #[wasm_bindgen(js_namespace = console)]
        pub(super) fn log(line: &str);
    }
}
