"""What the warehouse shows on the card of an item beside its own tab."""

from modules.warehouse.planning.tabs import item_planning as item_planning
