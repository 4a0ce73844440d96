"""What people do with coded text, beside the stages: label a spreadsheet, read a term in its contexts."""
