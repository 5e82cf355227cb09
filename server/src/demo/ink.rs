//! Signatures for the demo: written-looking strokes that follow from a name, always alike.
//! Nobody's handwriting.

use doorstep_domain::hash::sha256;
use doorstep_domain::ink::{Ink, PAD_HEIGHT, PAD_WIDTH, Point, Stroke};

/// Milliseconds between two points, as a screen at 60 Hz gives them.
const STEP_MS: u32 = 16;
/// Strokes of a written character: from and to in per cent of its square, and how far the
/// middle swings out.
const FORMS: [&[[i32; 5]]; 3] = [
    &[
        [20, 12, 12, 58, -6],
        [8, 30, 60, 22, 4],
        [36, 8, 30, 88, 3],
        [34, 44, 8, 78, -8],
        [38, 42, 92, 84, 10],
    ],
    &[
        [12, 20, 86, 14, -3],
        [48, 16, 44, 92, 2],
        [16, 52, 80, 46, -2],
        [80, 46, 60, 94, 12],
    ],
    &[
        [50, 4, 14, 50, -9],
        [30, 34, 88, 28, 3],
        [86, 28, 40, 96, 14],
        [46, 52, 70, 72, 5],
    ],
];

/// The signature of `name`: one square of strokes for each of its first three characters.
pub(super) fn signature(name: &str) -> Ink {
    let seed = sha256(name.as_bytes()).0;
    let count = name.chars().count().clamp(2, 3);
    let width = PAD_WIDTH / 4;
    let mut ink = Ink::default();
    let mut t_ms = 900;
    for place in 0..count {
        let form = FORMS[usize::from(seed[place]) % FORMS.len()];
        let left = PAD_WIDTH / 8 + i32::try_from(place).unwrap_or(0) * width;
        for (nth, stroke) in form.iter().enumerate() {
            let shake = i32::from(seed[(place * 7 + nth) % seed.len()]) % 9 - 4;
            let points = points(*stroke, shake, left, width, &mut t_ms);
            ink.strokes.push(Stroke(points));
            t_ms += 140;
        }
        t_ms += 180;
    }
    ink
}

/// A stroke bent outwards in its middle, slower and heavier where it begins.
fn points(
    [x0, y0, x1, y1, swing]: [i32; 5],
    shake: i32,
    left: i32,
    width: i32,
    t_ms: &mut u32,
) -> Vec<Point> {
    let length = (x1 - x0).abs().max((y1 - y0).abs());
    let steps = (length / 4).max(6);
    let point = |n: i32| {
        let along = |from: i32, to: i32| from * 100 + (to - from) * 100 * n / steps;
        // A parabola over the stroke: nothing at its ends, `swing` in the middle.
        let bend = swing * 400 * n * (steps - n) / (steps * steps);
        let x = left + (along(x0, x1) + bend + shake * 60) * width / 10_000;
        let y = PAD_HEIGHT / 6 + (along(y0, y1) + bend / 2 + shake * 90) * width / 10_000;
        (x, y)
    };
    (0..=steps)
        .map(|n| {
            let (x, y) = point(n);
            *t_ms += STEP_MS;
            let force = 200 - u8::try_from(100 * n / steps).unwrap_or(100);
            Point {
                x,
                y,
                t_ms: *t_ms,
                force,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_signature_that_passes() {
        for name in ["陈佳慧", "王芳", "A"] {
            let ink = signature(name);
            assert_eq!(ink.check(), Ok(()));
            assert_eq!(ink, signature(name));
        }
        assert_ne!(signature("陈佳慧"), signature("王芳"));
    }
}
