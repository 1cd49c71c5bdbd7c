//! Tables that fit the terminal.

use comfy_table::{ContentArrangement, Table, presets};
use console::Term;

/// Blanks between columns.
const GAP: u16 = 2;

/// Rows below `heads`, wrapped where the terminal `on` is too narrow for them. Where
/// it is no terminal nothing is wrapped.
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
