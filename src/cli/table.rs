//! Tables with the width of the terminal.

use comfy_table::{ContentArrangement, Table, presets};
use console::Term;

/// The number of spaces between columns.
const GAP: u16 = 2;

/// The rows below `heads`, wrapped to the width of the terminal `on`. Without a terminal
/// they are not wrapped.
pub(super) fn table<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
    on: &Term,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heads)
        .add_rows(rows);
    if let Some((_, width)) = on.size_checked() {
        table.set_width(width);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    table.trim_fmt()
}
