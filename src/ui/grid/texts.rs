//! What is under the cursor, as text.

use crate::ui::grid::Grid;

impl Grid {
    /// The place in the table of the column under the cursor.
    pub fn column_at(&self) -> Option<usize> {
        Some(self.column()?.at)
    }

    /// Whether it waits for anything asked for.
    pub fn is_asking(&self) -> bool {
        self.pending.is_some()
    }

    /// The name of the column under the cursor, as queries know it.
    pub fn column_name(&self) -> Option<String> {
        Some(self.column()?.title)
    }

    /// What the column is called that a search looks in.
    pub fn sought_column(&self) -> Option<String> {
        Some(self.column()?.label)
    }

    /// The cell under the cursor as text.
    pub fn cell_text(&self) -> Option<String> {
        Some(self.table.as_ref()?.cell(self.row()?, self.column()?.at).to_string())
    }

    /// The cells drawn of the row under the cursor, tabs between them.
    pub fn row_text(&self) -> Option<String> {
        let (table, row) = (self.table.as_ref()?, self.row()?);
        let cells = self.arrangement.columns.visible();
        let cells: Vec<String> = cells.iter().map(|column| table.cell(row, column.at).to_string()).collect();
        Some(cells.join("\t"))
    }
}
