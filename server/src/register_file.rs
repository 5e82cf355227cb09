//! Reads a register file (CSV as offices' spreadsheets write it) into rows. Not what the rows
//! change: that is `domain::register::plan`.
//!
//! [`encoding`] turns bytes into text, [`headings`] finds the heading line and says what each
//! column is, [`cells`] reads what a cell says, [`place`] where a line's household is.

use doorstep_domain::household::Contact;
use doorstep_domain::register::Row;
use doorstep_domain::text::clean;
use doorstep_domain::visit::Relation;

use self::cells::NotUnderstood;
use self::headings::{Column, Headings};
use self::place::{Above, Place};

mod cells;
mod encoding;
mod headings;
mod place;

/// What separates cells, most usual first: comma, semicolon, tab.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterFile {
    /// Name of the encoding it was read in.
    pub encoding: &'static str,
    /// Headings of columns that say nothing the register keeps.
    pub ignored: Vec<String>,
    /// Lines that could be read.
    pub rows: Vec<Row>,
    /// Lines that could not, by number, with the cell at fault.
    pub unread: Vec<(u64, NotUnderstood)>,
    /// Lines without an address of their own that name further people of the household above.
    pub continued: u64,
}

/// Why a file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// It is an Excel workbook.
    #[error("this is an Excel workbook: save it as CSV (UTF-8 or GB18030) and import that")]
    Workbook,
    /// Neither encoding fits.
    #[error("the text is neither UTF-8 nor GB18030: save it again as `CSV UTF-8`")]
    Encoding,
    /// No heading names the room.
    #[error(
        "no line among the first 10 names the columns: one must be headed `room` (or 房号), \
         further ones building (楼栋), unit (单元), contact (联系人), phone (电话) and so on"
    )]
    NoHeadings,
    /// A quote is opened and never closed, or the like.
    #[error("line {line} is no CSV: {reason}")]
    NotCsv {
        /// The line.
        line: u64,
        /// What the reader says.
        reason: String,
    },
}

/// Reads a whole file.
pub fn read(bytes: &[u8]) -> Result<RegisterFile, FileProblem> {
    let (text, encoding) = encoding::decode(bytes)?;
    let readings = DELIMITERS.map(|delimiter| records(&text, delimiter));
    let best = readings
        .iter()
        .filter_map(|records| {
            let records = records.as_ref().ok()?;
            Some((headings::find(records)?, records))
        })
        // The first of equals: `max_by_key` alone would take the last.
        .rev()
        .max_by_key(|(headings, _)| headings.known());
    match best {
        Some((headings, records)) => Ok(read_rows(&headings, records, encoding)),
        None => Err(readings
            .into_iter()
            .find_map(Result::err)
            .unwrap_or(FileProblem::NoHeadings)),
    }
}

/// A line of cells with its number in the file, 1 for the first.
struct Record {
    line: u64,
    cells: Vec<String>,
}

fn records(text: &str, delimiter: u8) -> Result<Vec<Record>, FileProblem> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut lines = Lines {
        text,
        counted: 0,
        line: 1,
    };
    for record in reader.records() {
        let record = record.map_err(|error| FileProblem::NotCsv {
            line: error
                .position()
                .map_or(0, |position| lines.line_of(position)),
            reason: error.to_string(),
        })?;
        let line = record
            .position()
            .map_or(0, |position| lines.line_of(position));
        records.push(Record {
            line,
            cells: record.iter().map(clean).collect(),
        });
    }
    Ok(records)
}

/// Numbers records as an editor numbers lines. The reader's own count stands before the line
/// ends and empty lines that it has yet to skip.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a record; records are asked for in their order.
    fn line_of(&mut self, position: &csv::Position) -> u64 {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(position.byte())
            .unwrap_or(bytes.len())
            .min(bytes.len());
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let start = start + bytes[start..].iter().take_while(is_end).count();
        for place in self.counted..start {
            let ends = match bytes[place] {
                b'\n' => true,
                b'\r' => bytes.get(place + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
        }
        self.counted = start.max(self.counted);
        self.line
    }
}

fn read_rows(headings: &Headings, records: &[Record], encoding: &'static str) -> RegisterFile {
    let mut file = RegisterFile {
        encoding,
        ignored: headings.ignored.clone(),
        rows: Vec::new(),
        unread: Vec::new(),
        continued: 0,
    };
    let mut above = Above::default();
    for record in records.iter().filter(|record| record.line > headings.line) {
        if record.cells.iter().all(String::is_empty) {
            continue;
        }
        let cell = |column| headings.cell(&record.cells, column);
        let address = [Column::Building, Column::Unit, Column::Room].map(cell);
        // Before anything that can be wrong with the line: those below may go on from it.
        let place = above.place(record.line, address, names_somebody(headings, record));
        let refused = |line: &u64| file.unread.iter().any(|(unread, _)| unread == line);
        let read = match place.continues.filter(refused) {
            Some(line) => Err(NotUnderstood::Above(line)),
            None => read_row(headings, record, &place),
        };
        match read {
            Ok(row) => {
                file.continued += u64::from(place.continues.is_some());
                file.rows.push(row);
            }
            Err(problem) => file.unread.push((record.line, problem)),
        }
    }
    file
}

fn read_row(headings: &Headings, record: &Record, place: &Place) -> Result<Row, NotUnderstood> {
    let cell = |column| headings.cell(&record.cells, column);
    Ok(Row {
        line: record.line,
        building: place.building.clone(),
        unit: place.unit.clone(),
        room: place.room.clone(),
        contacts: contacts(headings, record)?,
        r#use: cells::r#use(cell(Column::Use))?,
        residence: cells::residence(cell(Column::Residence))?,
        occupied: cells::occupied(cell(Column::Occupied))?,
    })
}

fn names_somebody(headings: &Headings, record: &Record) -> bool {
    let said = |column| !headings.cell(&record.cells, column).is_empty();
    (0..headings.contacts).any(|slot| said(Column::Name(slot)) || said(Column::Phone(slot)))
}

fn contacts(headings: &Headings, record: &Record) -> Result<Vec<Contact>, NotUnderstood> {
    let mut contacts = Vec::new();
    for slot in 0..headings.contacts {
        let cell = |column| headings.cell(&record.cells, column);
        let people = cells::people(cell(Column::Name(slot)), cell(Column::Phone(slot)))?;
        // A register's first person is the owner unless it says otherwise; of the others
        // nothing is known.
        let unsaid = if slot == 0 {
            Relation::Owner
        } else {
            Relation::Other
        };
        let relation = cells::relation(cell(Column::Relation(slot))).unwrap_or(unsaid);
        contacts.extend(people.into_iter().map(|(name, phone)| Contact {
            name,
            phone,
            relation,
        }));
    }
    Ok(contacts)
}

#[cfg(test)]
mod tests;
