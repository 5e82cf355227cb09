//! Where a line's household is: from its cells, from an address written in one cell, or, where
//! cells were merged, from the line above.

use doorstep_domain::household::half_width;

/// The address of the line above, as far as a merged cell would carry it on.
#[derive(Debug, Clone, Default)]
pub(super) struct Above {
    building: String,
    unit: String,
    room: String,
}

/// Where a household is, not normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) building: String,
    pub(super) unit: String,
    pub(super) room: String,
    /// The whole address is the line above's.
    pub(super) continues: bool,
}

impl Above {
    /// The place of a line with these cells; `named` when it names people. Remembers it.
    pub(super) fn place(&mut self, building: &str, unit: &str, room: &str, named: bool) -> Place {
        let nowhere = building.is_empty() && unit.is_empty() && room.is_empty();
        let continues = nowhere && named && !self.room.is_empty();
        if continues {
            return self.whole();
        }
        let (building, unit, room) = match pieces(room).as_slice() {
            [first, second, third] if building.is_empty() && unit.is_empty() => {
                (first.clone(), second.clone(), third.clone())
            }
            [first, second] if building.is_empty() && unit.is_empty() => {
                (first.clone(), String::new(), second.clone())
            }
            _ if building.is_empty() => {
                // A merged building carries its merged unit on; a new unit stands for itself.
                let unit = if unit.is_empty() { &self.unit } else { unit };
                (self.building.clone(), unit.to_owned(), room.to_owned())
            }
            _ => (building.to_owned(), unit.to_owned(), room.to_owned()),
        };
        *self = Self {
            building,
            unit,
            room,
        };
        Place {
            continues: false,
            ..self.whole()
        }
    }

    fn whole(&self) -> Place {
        Place {
            building: self.building.clone(),
            unit: self.unit.clone(),
            room: self.room.clone(),
            continues: true,
        }
    }
}

/// The pieces of an address in one cell: `3-2-1502`, `3栋2单元1502室`; one piece otherwise.
fn pieces(room: &str) -> Vec<String> {
    let half: String = half_width(room)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let mut text = half;
    for (word, end) in [
        ("号楼", "-"),
        ("栋", "-"),
        ("幢", "-"),
        ("座", "-"),
        ("单元", "-"),
    ] {
        text = text.replace(word, end);
    }
    let dashed = text.replace(['—', '–', '/', '#'], "-");
    let pieces: Vec<String> = dashed
        .split('-')
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect();
    if (2..=3).contains(&pieces.len()) {
        pieces
    } else {
        vec![room.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(lines: &[[&str; 3]]) -> Vec<String> {
        let mut above = Above::default();
        let place = |[building, unit, room]: &[&str; 3]| {
            let place = above.place(building, unit, room, true);
            format!("{}|{}|{}", place.building, place.unit, place.room)
        };
        lines.iter().map(place).collect()
    }

    #[test]
    fn an_address_in_one_cell_is_taken_apart() {
        assert_eq!(
            places(&[
                ["", "", "3-2-1502"],
                ["", "", "３栋２单元１５０２室"],
                ["", "", "12号楼 803"],
                ["", "", "A座-1201"],
                ["", "", "商铺"],
            ]),
            ["3|2|1502", "3|2|1502室", "12||803", "A||1201", "A||商铺"]
        );
    }

    #[test]
    fn merged_cells_carry_on_until_the_next_filled_one() {
        assert_eq!(
            places(&[
                ["1", "1", "101"],
                ["", "", "102"],
                ["", "2", "101"],
                ["", "", "102"],
                ["2", "", "101"],
                ["", "", "102"],
            ]),
            [
                "1|1|101", "1|1|102", "1|2|101", "1|2|102", "2||101", "2||102"
            ]
        );
    }

    #[test]
    fn people_without_an_address_belong_to_the_household_above() {
        let mut above = Above::default();
        assert!(!above.place("", "", "", true).continues);
        above.place("1", "2", "301", true);
        let next = above.place("", "", "", true);
        assert_eq!((next.room.as_str(), next.continues), ("301", true));
        let nobody = above.place("", "", "", false);
        assert_eq!((nobody.room.as_str(), nobody.continues), ("", false));
    }
}
