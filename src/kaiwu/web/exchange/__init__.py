"""Exchange of data (数据报送与对数): who owes which table by when, versions received, and where sources disagree."""
