"""What is to go out and to come in today: picked, shipped and received from one list, without prices."""
