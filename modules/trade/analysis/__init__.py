"""ABC and XYZ: which items most of the sales come from, and how steadily each is asked for."""
