// Opens the schedule with the printed key, in this browser alone. Nothing is sent anywhere.
const sealed = JSON.parse(document.body.dataset.sealed);
const made = new Date(sealed.about.split(" ")[0]);
const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const words = new TextEncoder();
const wrong = document.getElementById("wrong");

const age = () => {
  const minutes = Math.max(0, Math.round((Date.now() - made) / 60000));
  const [count, noun] = minutes < 120 ? [minutes, "minute"] : [Math.round(minutes / 60), "hour"];
  document.getElementById("age").textContent = `That was ${count} ${noun}${count === 1 ? "" : "s"} ago.`;
};
age();
setInterval(age, 60000);

const open = async (code) => {
  const raw = await crypto.subtle.importKey("raw", words.encode(code), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: bytes(sealed.salt), info: words.encode("lmhg downtime packet v1") };
  const key = await crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const lock = { name: "AES-GCM", iv: bytes(sealed.nonce), additionalData: words.encode(sealed.about) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(lock, key, bytes(sealed.data)));
};

document.getElementById("open").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = document.getElementById("key").value.toUpperCase();
  const code = typed.replaceAll("O", "0").replaceAll(/[IL]/g, "1").replaceAll(/[^0-9A-HJKMNP-TV-Z]/g, "");
  if (code.length !== 24) {
    wrong.textContent = `The key has 24 letters and digits. You typed ${code.length}.`;
    return;
  }
  try {
    const schedule = document.getElementById("schedule");
    schedule.innerHTML = await open(code);
    event.target.hidden = true;
    document.getElementById("print").addEventListener("click", () => print());
    schedule.focus();
  } catch {
    wrong.textContent = "This key does not open this packet. Look for the number on your printed key.";
  }
});
