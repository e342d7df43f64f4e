"""What a salesperson has to do: requests to answer, quotes to follow, orders to confirm and to ship, payments to ask for."""
