"""The synthetic district (合成数据), always labelled."""
