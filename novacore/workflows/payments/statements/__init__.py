"""Lists of payments that staff hand in: PayPal's report, a wallet's or an explorer's list. Read here, kept nowhere."""
