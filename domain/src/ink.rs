//! A signature's strokes as data: points in pad units with times, never pixels (D5).
//! Not drawing: [`outline`] gives a path's text, screens and prints put it to use.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::nib::{Nib, outline};
pub use self::thin::{TOLERANCE, thinned};

mod nib;
mod thin;

/// Width of the pad in its own units. The pad always has the shape 2:1, so that turning or
/// resizing the phone only scales what was drawn.
pub const PAD_WIDTH: i32 = 10_000;
/// Height of the pad in its own units.
pub const PAD_HEIGHT: i32 = 5_000;
/// Most points in a signature; at 240 points a second that is 83 s of drawing.
pub const POINTS_MAX: usize = 20_000;
/// Most strokes; the longest Chinese names have fewer than a hundred.
pub const STROKES_MAX: usize = 500;
/// Shortest extent (width or height of all strokes together) of a signature, in pad units:
/// 6 % of the pad's width. A lone dot or a slip of the thumb stays below.
pub const EXTENT_MIN: i32 = 600;

/// A point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Pad units from the left edge; may leave the pad a little.
    pub x: i32,
    /// Pad units from the top edge.
    pub y: i32,
    /// Milliseconds since the owner's page was opened.
    pub t_ms: u32,
    /// Pressure, 0 to 255; 127 where the screen does not measure it.
    pub force: u8,
}

/// One stroke, pen down to pen up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stroke(pub Vec<Point>);

/// All strokes of a signature, in the order drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ink {
    /// The strokes.
    pub strokes: Vec<Stroke>,
}

/// Why ink does not pass as a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotASignature {
    /// Nothing was drawn.
    Empty,
    /// A dot or a mark too small to be meant.
    TooSmall,
    /// More points or strokes than [`POINTS_MAX`] or [`STROKES_MAX`], or far outside the pad.
    TooMuch,
}

impl Ink {
    /// Number of points in all strokes.
    pub fn points(&self) -> usize {
        self.strokes.iter().map(|stroke| stroke.0.len()).sum()
    }

    /// Whether anything is drawn.
    pub fn is_empty(&self) -> bool {
        self.points() == 0
    }

    /// Whether this passes as a signature: not empty, not a dot, within the limits.
    pub fn check(&self) -> Result<(), NotASignature> {
        if self.points() > POINTS_MAX || self.strokes.len() > STROKES_MAX {
            return Err(NotASignature::TooMuch);
        }
        let points = || self.strokes.iter().flat_map(|stroke| &stroke.0);
        let near = |v: i32, size: i32| (-size..=2 * size).contains(&v);
        if !points().all(|p| near(p.x, PAD_WIDTH) && near(p.y, PAD_HEIGHT)) {
            return Err(NotASignature::TooMuch);
        }
        let extent =
            |of: fn(&Point) -> i32| Some(points().map(of).max()? - points().map(of).min()?);
        match (extent(|p| p.x), extent(|p| p.y)) {
            (Some(width), Some(height)) if width.max(height) >= EXTENT_MIN => Ok(()),
            (Some(_), Some(_)) => Err(NotASignature::TooSmall),
            _ => Err(NotASignature::Empty),
        }
    }
}

impl Serialize for Stroke {
    /// One flat list of integers: x, y, t, force of the first point, then for each further
    /// point the differences of x, y, t and its force. A third of the bytes of named fields.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = Point {
            x: 0,
            y: 0,
            t_ms: 0,
            force: 0,
        };
        serializer.collect_seq(self.0.iter().flat_map(|point| {
            let row = [
                i64::from(point.x) - i64::from(before.x),
                i64::from(point.y) - i64::from(before.y),
                i64::from(point.t_ms) - i64::from(before.t_ms),
                i64::from(point.force),
            ];
            before = *point;
            row
        }))
    }
}

impl<'de> Deserialize<'de> for Stroke {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = Vec::<i32>::deserialize(deserializer)?;
        let (rows, rest) = flat.as_chunks::<4>();
        let odd = || serde::de::Error::custom("not a stroke: expected x, y, t, force in fours");
        if !rest.is_empty() {
            return Err(odd());
        }
        let mut before = Point {
            x: 0,
            y: 0,
            t_ms: 0,
            force: 0,
        };
        let mut points = Vec::with_capacity(rows.len());
        for [dx, dy, dt, force] in rows {
            before = Point {
                x: before.x.checked_add(*dx).ok_or_else(odd)?,
                y: before.y.checked_add(*dy).ok_or_else(odd)?,
                t_ms: before.t_ms.checked_add_signed(*dt).ok_or_else(odd)?,
                force: u8::try_from(*force).map_err(|_| odd())?,
            };
            points.push(before);
        }
        Ok(Self(points))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(i32, i32)]) -> Stroke {
        Stroke(
            points
                .iter()
                .zip(0..)
                .map(|(&(x, y), i)| Point {
                    x,
                    y,
                    t_ms: i * 8,
                    force: 127,
                })
                .collect(),
        )
    }

    #[test]
    fn strokes_read_back_from_their_flat_form() {
        let ink = Ink {
            strokes: vec![line(&[(100, 200), (90, 260), (2_000, 10)]), line(&[(5, 5)])],
        };
        let text = serde_json::to_string(&ink).unwrap();
        assert_eq!(
            text,
            r#"{"strokes":[[100,200,0,127,-10,60,8,127,1910,-250,8,127],[5,5,0,127]]}"#
        );
        assert_eq!(serde_json::from_str::<Ink>(&text).unwrap(), ink);
    }

    #[test]
    fn malformed_strokes_are_refused_without_panic() {
        for text in [
            "[1,2,3]",
            "[1,2,3,300]",
            "[1,2,-1,0]",
            "[2147483647,0,0,0,1,0,0,0]",
        ] {
            assert!(serde_json::from_str::<Stroke>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_lone_dot_is_not_a_signature_but_a_line_is() {
        let check = |strokes: Vec<Stroke>| Ink { strokes }.check();
        assert_eq!(check(vec![]), Err(NotASignature::Empty));
        assert_eq!(
            check(vec![line(&[(500, 500)])]),
            Err(NotASignature::TooSmall)
        );
        assert_eq!(
            check(vec![line(&[(500, 500), (560, 540)])]),
            Err(NotASignature::TooSmall)
        );
        assert_eq!(check(vec![line(&[(500, 500), (1_100, 500)])]), Ok(()));
        assert_eq!(
            check(vec![line(&[(0, 0), (30_001, 0)])]),
            Err(NotASignature::TooMuch)
        );
        let many = vec![line(&vec![(0, 0); POINTS_MAX + 1])];
        assert_eq!(check(many), Err(NotASignature::TooMuch));
    }
}
