/// a/b, and 0 where nothing is divided by.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
