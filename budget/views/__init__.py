"""Pages of the money: funds, payments, contracts, rewards."""
