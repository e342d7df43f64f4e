"""What the stock tells: how fast goods turn over, how long they last, and which lie dead."""
