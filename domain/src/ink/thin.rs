//! Leaving out the points of a stroke that the others tell: top-down, by the distance at the same
//! time (TD-TR: Meratnia and de By, 2004), so that where the pen was and how fast it went both stay.
//!
//! At every moment the line is within [`TOLERANCE`] of where the pen was: 0.2 % of the pad's width,
//! a twentieth of the thinnest line's.

use super::{Point, Stroke};

/// How far the line may be from where the pen was at the same moment, in pad units.
pub const TOLERANCE: f64 = 20.0;

/// The same stroke in as few of its points as tell it; first and last are among them.
#[must_use]
pub fn thinned(stroke: &Stroke) -> Stroke {
    let points = &stroke.0;
    let Some(last) = points.len().checked_sub(1) else {
        return Stroke::default();
    };
    let mut kept = vec![false; points.len()];
    kept[0] = true;
    kept[last] = true;
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let between = from + 1..to;
        let farthest = between
            .map(|n| (n, off(points[from], points[to], points[n])))
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        if let Some((n, distance)) = farthest
            && distance > TOLERANCE
        {
            kept[n] = true;
            open.extend([(from, n), (n, to)]);
        }
    }
    let kept = points.iter().zip(kept).filter(|(_, kept)| *kept);
    Stroke(kept.map(|(point, _)| *point).collect())
}

/// How far `point` is from where a pen would be at its time that went evenly from `from` to `to`.
/// Pressure counts as a distance too: a change from none to all as much as a tenth of the pad.
fn off(from: Point, to: Point, point: Point) -> f64 {
    let whole = f64::from(to.t_ms.saturating_sub(from.t_ms)).max(1.0);
    let share = f64::from(point.t_ms.saturating_sub(from.t_ms)) / whole;
    let at = |from: f64, to: f64| from + (to - from) * share;
    let x = f64::from(point.x) - at(from.x.into(), to.x.into());
    let y = f64::from(point.y) - at(from.y.into(), to.y.into());
    let force = f64::from(point.force) - at(from.force.into(), to.force.into());
    x.hypot(y).max(force.abs() * 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ink::PAD_WIDTH;

    fn stroke(points: impl IntoIterator<Item = (i32, i32, u32)>) -> Stroke {
        let point = |(x, y, t_ms)| Point {
            x,
            y,
            t_ms,
            force: 127,
        };
        Stroke(points.into_iter().map(point).collect())
    }

    /// A curl as a hand draws one, slower at its turns; a sample every four milliseconds.
    #[expect(clippy::cast_possible_truncation, reason = "within the pad")]
    fn curl(samples: u32) -> Stroke {
        stroke((0..samples).map(|n| {
            let along = f64::from(n) / 40.0;
            let round = along + 0.4 * along.sin();
            let x = 1_000.0 + 900.0 * along + 700.0 * round.cos();
            let y = 2_500.0 + 1_500.0 * round.sin();
            (x as i32, y as i32, n * 4)
        }))
    }

    #[test]
    fn at_every_moment_the_line_is_where_the_pen_was() {
        let drawn = curl(300);
        let told = thinned(&drawn);
        let segments = told.0.windows(2);
        let mut checked = 0;
        for ends in segments {
            let within = |it: &&Point| (ends[0].t_ms..=ends[1].t_ms).contains(&it.t_ms);
            for point in drawn.0.iter().filter(within) {
                assert!(off(ends[0], ends[1], *point) <= TOLERANCE, "{point:?}");
                checked += 1;
            }
        }
        assert!(checked >= drawn.0.len());
        assert!(
            TOLERANCE <= 0.003 * f64::from(PAD_WIDTH),
            "0.3 % of the pad"
        );
    }

    #[test]
    fn a_trace_of_a_thousand_points_travels_in_four_kilobytes() {
        let drawn = curl(1_000);
        let told = thinned(&drawn);
        let bytes = |stroke: &Stroke| serde_json::to_string(stroke).unwrap().len();
        assert!(bytes(&drawn) > 10_000, "{}", bytes(&drawn));
        assert!(
            bytes(&told) <= 4_096,
            "{} in {}",
            told.0.len(),
            bytes(&told)
        );
    }

    #[test]
    fn an_even_line_is_its_ends_and_a_halt_stays() {
        let even = stroke((0_i32..100).map(|n| (n * 50, 1_000, n.unsigned_abs() * 8)));
        assert_eq!(thinned(&even).0.len(), 2);
        let halting = stroke((0_i32..100).map(|n| {
            let x = if n < 50 { n * 50 } else { 2_450 };
            (x, 1_000, n.unsigned_abs() * 8)
        }));
        assert_eq!(thinned(&halting).0.len(), 3, "the pen stood still");
    }

    #[test]
    fn pressure_stays_and_short_strokes_are_left_alone() {
        let mut pressed = stroke((0_i32..9).map(|n| (n * 50, 0, n.unsigned_abs() * 8)));
        pressed.0[4].force = 200;
        assert_eq!(thinned(&pressed).0.len(), 5);
        for points in 0_i32..3 {
            let short = stroke((0..points).map(|n| (n, n, n.unsigned_abs())));
            assert_eq!(thinned(&short), short);
        }
    }

    #[test]
    fn points_of_one_moment_are_no_trouble() {
        let same = stroke([(0, 0, 5), (900, 0, 5), (0, 0, 5), (400, 400, 5)]);
        let told = thinned(&same);
        assert_eq!(
            (told.0.first(), told.0.last()),
            (same.0.first(), same.0.last())
        );
    }
}
