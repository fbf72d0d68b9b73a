//! What is under the cursor, as text.

use crate::ui::grid::Grid;

impl Grid {
    /// The name of the column that a search looks in.
    pub fn sought_column(&self) -> Option<String> {
        Some(self.column()?.title)
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
