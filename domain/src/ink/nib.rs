//! How a stroke looks: a line that is broad where the pen presses or goes slowly, as text of an SVG
//! path to be filled. The same on the pad, on the record and on paper, whatever its size.

use core::fmt::Write;

use super::{Point, Stroke};

/// Half the width of the thinnest line, in pad units.
const THIN: f64 = 30.0;
/// How much half the width may grow beyond [`THIN`].
const SPREAD: f64 = 34.0;
/// Speed at which the line has lost half of [`SPREAD`], in pad units a millisecond.
const BRISK: f64 = 14.0;
/// Over how many milliseconds a change of width is spread, so that no single sample shows.
const INERTIA_MS: f64 = 45.0;
/// What a screen reports that does not measure pressure.
const UNMEASURED: u8 = 127;
/// Longest piece of a curve that is drawn straight, in pad units.
const FLAT: f64 = 60.0;
/// Cosine below which a turn is so sharp that its outer corner is rounded.
const SHARP: f64 = 0.5;

/// A nib that follows the pen, point by point.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nib {
    last: Option<(Point, f64)>,
}

impl Nib {
    /// Half the width of the line at the next point of a stroke, in pad units: 30 to 64.
    pub fn at(&mut self, point: Point) -> f64 {
        let radius = match self.last {
            None => wanted(point, None),
            Some((before, radius)) => {
                let passed = f64::from(point.t_ms.saturating_sub(before.t_ms));
                let wanted = wanted(point, Some(before));
                radius + (wanted - radius) * passed / (passed + INERTIA_MS)
            }
        };
        self.last = Some((point, radius));
        radius
    }
}

/// Half the width that pressure asks for, or where none is measured, speed.
fn wanted(point: Point, before: Option<Point>) -> f64 {
    if point.force != UNMEASURED {
        return THIN + SPREAD * f64::from(point.force) / 255.0;
    }
    let speed = before.map_or(BRISK, |before| {
        let passed = f64::from(point.t_ms.saturating_sub(before.t_ms)).max(1.0);
        let along = |to: i32, from: i32| f64::from(to) - f64::from(from);
        along(point.x, before.x).hypot(along(point.y, before.y)) / passed
    });
    THIN + SPREAD / (1.0 + speed / BRISK)
}

/// A place on the middle of the line, with half its width there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    x: f64,
    y: f64,
    radius: f64,
}

impl Place {
    /// The place `share` of the way to `other`.
    fn towards(self, other: Self, share: f64) -> Self {
        let part = |from: f64, to: f64| from + (to - from) * share;
        Self {
            x: part(self.x, other.x),
            y: part(self.y, other.y),
            radius: part(self.radius, other.radius),
        }
    }

    fn distance(self, other: Self) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }

    /// The direction to `other`, of length 1; `None` where both are the same place.
    fn direction(self, other: Self) -> Option<(f64, f64)> {
        let length = self.distance(other);
        (length > 0.0).then(|| ((other.x - self.x) / length, (other.y - self.y) / length))
    }
}

/// The outline of a stroke as SVG path data in pad units, to be filled by the nonzero rule. Nothing
/// for a stroke without points; a dot for one.
pub fn outline(stroke: &Stroke) -> String {
    let places = middle(stroke);
    let mut path = String::new();
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return path;
    };
    dot(&mut path, *first);
    if places.len() == 1 {
        return path;
    }
    dot(&mut path, *last);
    let mut directions: Vec<(f64, f64)> = Vec::with_capacity(places.len());
    for pair in places.windows(2) {
        let before = directions.last().copied().unwrap_or((1.0, 0.0));
        directions.push(pair[0].direction(pair[1]).unwrap_or(before));
    }
    for (place, turn) in places[1..].iter().zip(directions.windows(2)) {
        let [(ax, ay), (bx, by)] = [turn[0], turn[1]];
        if ax * bx + ay * by < SHARP {
            dot(&mut path, *place);
        }
    }
    side(&mut path, &places, &directions, 1.0, 'M');
    side(&mut path, &places, &directions, -1.0, 'L');
    path.push('Z');
    path
}

/// The middle of the line: through the middles between points, as a pen goes, in straight pieces.
fn middle(stroke: &Stroke) -> Vec<Place> {
    let mut nib = Nib::default();
    let points: Vec<Place> = stroke
        .0
        .iter()
        .map(|point| Place {
            x: f64::from(point.x),
            y: f64::from(point.y),
            radius: nib.at(*point),
        })
        .collect();
    let Some((first, last)) = points.first().zip(points.last()) else {
        return points;
    };
    let mut places = vec![*first];
    for corner in points.windows(3) {
        let from = *places.last().unwrap_or(first);
        let (bend, to) = (corner[1], corner[1].towards(corner[2], 0.5));
        let pieces = ((from.distance(bend) + bend.distance(to)) / FLAT).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 32"
        )]
        let pieces = pieces.clamp(1.0, 32.0) as u32;
        for piece in 1..=pieces {
            let share = f64::from(piece) / f64::from(pieces);
            let (out, back) = (from.towards(bend, share), bend.towards(to, share));
            places.push(out.towards(back, share));
        }
    }
    if points.len() > 1 {
        places.push(*last);
    }
    places
}

/// One side of the line: to the left of it forwards (1), or to the right of it backwards (-1).
fn side(
    path: &mut String,
    places: &[Place],
    directions: &[(f64, f64)],
    hand: f64,
    mut command: char,
) {
    let count = places.len();
    for step in 0..count {
        let n = if hand > 0.0 { step } else { count - 1 - step };
        let before = directions[n.saturating_sub(1).min(directions.len() - 1)];
        let after = directions[n.min(directions.len() - 1)];
        let (mut dx, mut dy) = (before.0 + after.0, before.1 + after.1);
        let length = dx.hypot(dy);
        if length < 1e-6 {
            (dx, dy) = after;
        } else {
            (dx, dy) = (dx / length, dy / length);
        }
        let Place { x, y, radius } = places[n];
        let (x, y) = (x + dy * radius * hand, y - dx * radius * hand);
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{x:.0} {y:.0}");
        command = 'L';
    }
}

/// A full circle, turned as [`side`] turns, so that the two never cancel out.
fn dot(path: &mut String, Place { x, y, radius }: Place) {
    let left = x - radius;
    let wide = 2.0 * radius;
    let _ = write!(
        path,
        "M{left:.0} {y:.0}a{radius:.0} {radius:.0} 0 1 1 {wide:.0} 0a{radius:.0} {radius:.0} 0 1 1 -{wide:.0} 0Z"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: i32, y: i32, t_ms: u32, force: u8) -> Point {
        Point { x, y, t_ms, force }
    }

    fn radii(points: &[Point]) -> Vec<f64> {
        let mut nib = Nib::default();
        points.iter().map(|point| nib.at(*point)).collect()
    }

    #[test]
    fn a_slow_line_is_broader_than_a_quick_one_and_both_keep_their_bounds() {
        let line = |ms_each: u32| -> Vec<Point> {
            let places = (0_u32..100).zip((0..).step_by(100));
            let of = |(n, x): (u32, i32)| point(x, 0, n * ms_each, UNMEASURED);
            places.map(of).collect()
        };
        let (slow, quick) = (radii(&line(100)), radii(&line(2)));
        assert!(slow.last() > quick.last());
        let all = slow.iter().chain(&quick);
        assert!(
            all.into_iter()
                .all(|it| (THIN..=THIN + SPREAD).contains(it))
        );
    }

    #[test]
    fn pressure_counts_where_it_is_measured() {
        let pressed = |force| radii(&[point(0, 0, 0, force), point(900, 0, 500, force)])[1];
        assert!(pressed(250) > pressed(130));
        assert!(pressed(130) > pressed(5));
    }

    #[test]
    fn width_follows_time_and_not_the_number_of_samples() {
        let along = |n: u32, of: u32| {
            let x = i32::try_from(8_000 * n / of).unwrap();
            point(x, 0, 400 * n / of, UNMEASURED)
        };
        let few: Vec<Point> = (0..=10).map(|n| along(n, 10)).collect();
        let many: Vec<Point> = (0..=100).map(|n| along(n, 100)).collect();
        let (few, many) = (radii(&few), radii(&many));
        assert!((few.last().unwrap() - many.last().unwrap()).abs() < 2.0);
    }

    #[test]
    fn an_outline_goes_round_and_a_dot_is_one() {
        assert_eq!(outline(&Stroke::default()), "");
        let path = outline(&Stroke(vec![point(100, 100, 0, UNMEASURED)]));
        assert_eq!(path, "M53 100a47 47 0 1 1 94 0a47 47 0 1 1 -94 0Z");
        let line = [point(0, 0, 0, UNMEASURED), point(600, 0, 60, UNMEASURED)];
        let path = outline(&Stroke(line.to_vec()));
        assert_eq!(
            path.matches('Z').count(),
            3,
            "two ends and the line: {path}"
        );
        assert!(path.ends_with('Z') && !path.contains("NaN"), "{path}");
    }

    #[test]
    fn points_at_one_place_and_turns_back_are_drawn_too() {
        let there_and_back = [(0, 0), (1_000, 0), (1_000, 0), (0, 0)];
        let points = there_and_back.iter().zip(0..);
        let points = points.map(|(&(x, y), n)| point(x, y, n * 50, UNMEASURED));
        let path = outline(&Stroke(points.collect()));
        assert!(!path.contains("NaN"), "{path}");
        assert!(path.matches('Z').count() > 3, "the turn is rounded: {path}");
    }
}
