//! Where a line's household is: from its cells, from an address written in one cell, or, where
//! cells were merged, from the line above.

use doorstep_domain::household::half_width;

/// The address of the line above, as far as a merged cell would carry it on.
#[derive(Debug, Clone, Default)]
pub(super) struct Above {
    building: String,
    unit: String,
    room: String,
    /// The line on which that address stands.
    line: u64,
    /// The building stood in a cell of its own, so that a hyphen in a room is part of the room.
    apart: bool,
}

/// Where a household is, not normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) building: String,
    pub(super) unit: String,
    pub(super) room: String,
    /// The line on which the whole address stands, when that is one above.
    pub(super) continues: Option<u64>,
}

impl Above {
    /// The place of line `line` with these cells, building, unit and room; `named` when it names
    /// people. Remembers it.
    pub(super) fn place(&mut self, line: u64, cells: [&str; 3], named: bool) -> Place {
        let [building, unit, room] = cells;
        let nowhere = cells.iter().all(|cell| cell.is_empty());
        if nowhere && named && !self.room.is_empty() {
            return self.whole(Some(self.line));
        }
        let in_one_cell = building.is_empty() && unit.is_empty() && !self.apart;
        self.apart |= !building.is_empty();
        let (building, unit, room) = match pieces(room).as_slice() {
            [first, second, third] if in_one_cell => (first.clone(), second.clone(), third.clone()),
            [first, second] if in_one_cell => (first.clone(), String::new(), second.clone()),
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
            line,
            apart: self.apart,
        };
        self.whole(None)
    }

    fn whole(&self, continues: Option<u64>) -> Place {
        Place {
            building: self.building.clone(),
            unit: self.unit.clone(),
            room: self.room.clone(),
            continues,
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
        let place = |(line, cells): (u64, &[&str; 3])| {
            let place = above.place(line, *cells, true);
            format!("{}|{}|{}", place.building, place.unit, place.room)
        };
        (1..).zip(lines).map(place).collect()
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
    fn a_hyphen_is_the_rooms_where_the_building_has_a_cell_of_its_own() {
        assert_eq!(
            places(&[["1", "2", "101-102"], ["", "", "103-104"]]),
            ["1|2|101-102", "1|2|103-104"]
        );
    }

    #[test]
    fn people_without_an_address_belong_to_the_household_above() {
        let mut above = Above::default();
        assert_eq!(above.place(1, ["", "", ""], true).continues, None);
        above.place(2, ["1", "2", "301"], true);
        let next = above.place(3, ["", "", ""], true);
        assert_eq!((next.room.as_str(), next.continues), ("301", Some(2)));
        let nobody = above.place(4, ["", "", ""], false);
        assert_eq!((nobody.room.as_str(), nobody.continues), ("", None));
    }
}
