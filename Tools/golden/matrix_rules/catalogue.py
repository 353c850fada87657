"""All references by the name of their rule."""

from . import dion, kin, kl_shampoo, kron, scion, shampoo, soap, steepest
from .rule import Rule

RULES: dict[str, type[Rule]] = {
    "muon": kin.Muon, "nor-muon": kin.NorMuon, "ada-muon": kin.AdaMuon, "muon-clip": kin.MuonClip,
    "scion": scion.Scion, "muon-h": kin.MuonH, "polar-grad": kin.PolarGrad, "spectral-descent": kin.SpectralDescent,
    "dion2": dion.Dion2, "nor-dion2": dion.NorDion2, "dion": dion.Dion,
    "soap": soap.SOAP, "shampoo": shampoo.Shampoo, "kl-shampoo": kl_shampoo.KLShampoo, "kron": kron.Kron,
    "steepest": steepest.Steepest,
}  # fmt: skip
