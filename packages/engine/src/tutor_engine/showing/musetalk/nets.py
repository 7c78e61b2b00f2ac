"""The networks of MuseTalk 1.5: built from configurations, as published and as they are run here.

`Networks` are the plain ones of diffusers and transformers, whose keys are those of the official weights.
`FaceNet` is what runs: the same blocks with everything constant folded in (the one timestep, the scale of the
latents). It changes the plain networks that it is made of.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers.models.whisper.configuration_whisper import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

UNET: Mapping[str, Any] = {
    "act_fn": "silu", "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280],
    "center_input_sample": False, "cross_attention_dim": 384,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "downsample_padding": 1, "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 8,
    "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-5, "norm_num_groups": 32,
    "out_channels": 4, "sample_size": 64,
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
}  # fmt: skip
"""The published `musetalk.json`."""
VAE: Mapping[str, Any] = {
    "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4,
    "in_channels": 3, "out_channels": 3, "latent_channels": 4, "layers_per_block": 2,
    "norm_num_groups": 32, "sample_size": 256, "scaling_factor": 0.18215,
}  # fmt: skip
"""Stable Diffusion's VAE, ft-mse."""
WHISPER: Mapping[str, Any] = {
    "d_model": 384, "encoder_layers": 4, "encoder_attention_heads": 6, "encoder_ffn_dim": 1536,
    "num_mel_bins": 80, "max_source_positions": 1500,
}  # fmt: skip
"""Whisper tiny, the encoder."""

FACE_SIDE = 256
STEPS_BEFORE, STEPS_AFTER = 4, 6
"""Sound steps of 20 ms that a frame sees, counted from its own."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The plain networks, in evaluation mode."""

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    whisper: WhisperEncoder

    def to(self, device: torch.device, dtype: torch.dtype) -> "Networks":
        """Move them, convolutions in the order that tensor cores like."""
        moved: list[Any] = [self.unet, self.vae, self.whisper]
        for network in moved:
            network.to(device=device, dtype=dtype)
        for network in moved[:2]:
            network.to(memory_format=torch.channels_last)
        return self


def build(
    unet: Mapping[str, Any] = UNET, vae: Mapping[str, Any] = VAE, whisper: Mapping[str, Any] = WHISPER
) -> Networks:
    """Networks of these shapes with random weights; shapes come from configuration files, never code."""
    config = WhisperConfig(**{key: whisper[key] for key in WHISPER})
    networks = Networks(
        cast(UNet2DConditionModel, UNet2DConditionModel.from_config(_plain(unet))),
        cast(AutoencoderKL, AutoencoderKL.from_config(_plain(vae))),
        WhisperEncoder(config),
    )
    for network in (networks.unet, networks.vae, networks.whisper):
        network.eval()
        network.requires_grad_(False)
    return networks


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if not key.startswith("_")}


def position_code(tokens: int, width: int) -> Tensor:
    """What the authors add to the sound of a frame so that the network can tell early from late."""
    place = torch.arange(tokens, dtype=torch.float32).unsqueeze(1)
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * (-math.log(10000.0) / width))
    code = torch.zeros(tokens, width)
    code[:, 0::2], code[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
    return code


def sound_states(whisper: WhisperEncoder, mel: Tensor) -> Tensor:
    """All five states of the encoder, (batch, 1500, 5, width): embedding, layers, the last normalised."""
    state = nn.functional.gelu(whisper.conv1(mel))
    state = nn.functional.gelu(whisper.conv2(state)).permute(0, 2, 1)
    state = state + whisper.embed_positions.weight
    states = [state]
    for layer in whisper.layers:
        state = layer(state, None)
        states.append(state)
    states[-1] = whisper.layer_norm(state)
    return torch.stack(states, dim=2)


def face_latents(vae: AutoencoderKL, faces: Tensor) -> Tensor:
    """What the UNet sees of faces (batch, 3, side, side) in 0–1: upper half, and whole, by the mode."""
    masked = faces.clone()
    masked[..., faces.shape[-2] // 2 :, :] = 0
    both = torch.cat([masked, faces]) * 2 - 1
    coder: Any = vae
    moments: Tensor = coder.quant_conv(coder.encoder(both))
    mode = moments.chunk(2, dim=1)[0] * vae.config["scaling_factor"]
    upper, whole = mode.chunk(2)
    return torch.cat([upper, whole], dim=1)


class FaceNet(nn.Module):
    """Latents of a frame and the sound around it in, the face in 0–1 out."""

    code: Tensor

    def __init__(self, networks: Networks) -> None:
        super().__init__()
        self.unet: Any = networks.unet
        vae: Any = networks.vae
        self.post, self.decoder = vae.post_quant_conv, vae.decoder
        width = int(self.unet.config["cross_attention_dim"])
        states = len(networks.whisper.layers) + 1
        code = position_code((STEPS_BEFORE + STEPS_AFTER) * states, width)
        self.register_buffer("code", code.to(networks.unet.device, networks.unet.dtype))
        _fold_time(networks.unet)
        with torch.no_grad():
            # The scale is undone inside the convolution; its bias belongs behind it.
            self.post.weight /= vae.config["scaling_factor"]

    def forward(self, latents: Tensor, sound: Tensor) -> Tensor:
        """Shapes (batch, 8, 32, 32) and (batch, 50, 384) give (batch, 3, 256, 256)."""
        drawn = self._mouth(latents, sound + self.code)
        face = self.decoder(self.post(drawn))
        return (face / 2 + 0.5).clamp(0, 1)

    def _mouth(self, latents: Tensor, sound: Tensor) -> Tensor:
        """The UNet's single pass, without its clock."""
        unet = self.unet
        state = unet.conv_in(latents)
        kept: tuple[Tensor, ...] = (state,)
        for block in unet.down_blocks:
            state, more = block(hidden_states=state, temb=None, **_hearing(block, sound))
            kept += more
        state = unet.mid_block(state, None, encoder_hidden_states=sound)
        for block in unet.up_blocks:
            count = len(block.resnets)
            kept, used = kept[:-count], kept[-count:]
            state = block(
                hidden_states=state, temb=None, res_hidden_states_tuple=used, **_hearing(block, sound)
            )
        return unet.conv_out(unet.conv_act(unet.conv_norm_out(state)))


def _hearing(block: nn.Module, sound: Tensor) -> dict[str, Tensor]:
    return {"encoder_hidden_states": sound} if getattr(block, "has_cross_attention", False) else {}


@torch.no_grad()
def _fold_time(unet: UNet2DConditionModel) -> None:
    """The timestep is always 0: what each block adds for it goes into the bias before it."""
    zero = torch.zeros(1, dtype=torch.long, device=unet.device)
    code = unet.time_proj(zero).to(unet.dtype)
    moment = nn.functional.silu(unet.time_embedding(code))
    for block in unet.modules():
        if isinstance(block, ResnetBlock2D) and block.time_emb_proj is not None:
            block.conv1.bias += block.time_emb_proj(moment)[0]
            block.time_emb_proj = None
