"""The benchmark of publishing to HDX and syncing from it: what is made, and what is measured in processes of its own."""
