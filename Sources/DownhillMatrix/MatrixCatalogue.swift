public import Downhill

extension Catalogue {
  /// Every rule: the elementwise ones and those that see a tensor as a matrix.
  public static let full = Catalogue(
    rules: elementwise.rules + [
      Muon.entry,
      NorMuon.entry,
      AdaMuon.entry,
      MuonClip.entry,
      MuonH.entry,
      Scion.entry,
      PolarGrad.entry,
      SpectralDescent.entry,
      Dion2.entry,
      NorDion2.entry,
      Adafactor.entry,
      AdamMini.entry,
      SOAP.entry,
      Shampoo.entry,
      KLShampoo.entry,
      Kron.entry,
      Dion.entry,
      Steepest.entry,
    ],
    wrappers: elementwise.wrappers, perturbations: elementwise.perturbations, methods: elementwise.methods)
}
